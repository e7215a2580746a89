/// Effects that are recorded with the rows of a read model, until they are performed.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "varve/effects.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

/// Which one: the event's position, and which of its effects.
struct EffectPlace {
    Position position;
    std::uint64_t n = 0;
    friend auto operator<=>(const EffectPlace&, const EffectPlace&) = default;
};

/// `Orders/41/0`: what receivers know it by. Never change it.
[[nodiscard]] std::string effect_id(std::string_view of, const EffectPlace& place);

struct StoredEffect {
    EffectPlace place;
    std::string type;
    std::string data;
    std::optional<std::string> error = {};  ///< it is set aside
    std::string origin = {};  ///< what its id begins with, when another projection has recorded it; empty: its own name
};

/// from(), full() and add() are for the worker within a batch, or between two; the rest for any thread.
class Outbox {
public:
    /// Every event below it was heard by the one in charge.
    using Heard = std::function<Position()>;

    Outbox() = default;
    Outbox(const Outbox&) = delete;
    Outbox& operator=(const Outbox&) = delete;
    virtual ~Outbox() = default;

    /// Events below it have no effects.
    [[nodiscard]] virtual Position from() const = 0;
    /// Must the next event wait until some are performed?
    [[nodiscard]] virtual bool full() { return false; }
    /// Becomes visible to the others with the batch, if that commits.
    virtual Result<> add(Position event, std::vector<detail::NewEffect> effects) = 0;

    /// The first that is not set aside.
    [[nodiscard]] virtual Result<std::optional<StoredEffect>> first() = 0;
    virtual Result<> done(const EffectPlace& place) = 0;
    virtual Result<> set_aside(const EffectPlace& place, const std::string& error) = 0;
    /// Takes it back; false: it is not aside, or of another origin.
    virtual Result<bool> retry(const EffectPlace& place, std::string_view origin) = 0;
    /// All but what its runner knows.
    virtual Result<> read(EffectsStatus& into) = 0;

    /// Everything there is, also what is set aside, in order.
    [[nodiscard]] virtual Result<std::vector<StoredEffect>> all() = 0;
    /// For one that is not in charge, while no batch is open: only effects of events that the one in charge has not heard are
    /// kept and recorded, and dropped when it has.
    virtual Result<> hold(Heard heard) = 0;
    /// Is in charge from now on, after another one that had heard every event below `heard`: what those events wanted, and
    /// has not been performed, is `left`; what later ones wanted was recorded here. Durable where the place is. No batch is
    /// open, and nothing is performed meanwhile.
    virtual Result<> take_over(Position heard, const std::vector<StoredEffect>& left) = 0;
};

/// So many that are set aside are listed.
inline constexpr std::size_t asides_listed = 100;
/// While so many effects wait in memory, no event is applied.
inline constexpr std::size_t effects_in_memory = 100'000;

class MemoryOutbox final : public Outbox {
public:
    explicit MemoryOutbox(Position from) : from_(from) {}

    [[nodiscard]] Position from() const override { return heard_ ? heard_() : from_; }
    [[nodiscard]] bool full() override;
    Result<> add(Position event, std::vector<detail::NewEffect> effects) override;
    /// The end of the batch.
    void commit();
    void abandon();

    Result<std::optional<StoredEffect>> first() override;
    Result<> done(const EffectPlace& place) override;
    Result<> set_aside(const EffectPlace& place, const std::string& error) override;
    Result<bool> retry(const EffectPlace& place, std::string_view origin) override;
    Result<> read(EffectsStatus& into) override;
    Result<std::vector<StoredEffect>> all() override;
    Result<> hold(Heard heard) override;
    Result<> take_over(Position heard, const std::vector<StoredEffect>& left) override;

private:
    using Effects = std::map<EffectPlace, StoredEffect>;
    void drop_below(Position position);

    Position from_;
    Heard heard_;       ///< empty: it is in charge
    std::mutex mutex_;  ///< guards what follows, and changes of from_ and heard_
    std::vector<StoredEffect> batch_;
    Effects effects_;
    Effects aside_;
};

}  // namespace varve
