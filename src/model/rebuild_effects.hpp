/// The effects of a read model whose place another one takes: each is performed by one of the two, and what one of them
/// has left is left to the other.
#pragma once

#include "model/crew.hpp"

namespace varve {

/// From hold to its end neither performs any; then the one in charge does.
class EffectsHandover {
public:
    /// Both outlive it.
    EffectsHandover(const Crew& next, const Crew& before) : next_(next), before_(before) {}
    EffectsHandover(const EffectsHandover&) = delete;
    EffectsHandover& operator=(const EffectsHandover&) = delete;
    /// Not completed: the one before goes on.
    ~EffectsHandover();

    /// Waits for the one at hand. Errors: `deadline_exceeded`.
    Result<> hold(Deadline deadline);
    /// Both stand still, and `next` is not in charge yet: records in it what the one before has left. Until `heard` is given
    /// back to it by `withdraw`, it is as if it were in charge.
    Result<> prepare();
    /// `next` is not put in charge after all.
    void withdraw(const Outbox::Heard& heard);
    /// `next` is in charge: it performs from now on. `heard`: below it events were heard by it.
    void complete(const Outbox::Heard& heard);

private:
    Result<> prepare_part(std::size_t index);

    const Crew& next_;
    const Crew& before_;
    bool completed_ = false;
};

}  // namespace varve
