#include "model/rebuild_effects.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <utility>
#include <vector>

namespace varve {

namespace {

/// For one that has no effects, and so no place for those of another one.
Result<> check_none_left(Worker& giving) {
    if (giving.model().outbox() == nullptr) return {};
    const auto first = giving.model().outbox()->first();
    if (!first.ok()) return first.error();
    if (!*first) return {};
    return Error{.code = Code::failed_precondition,
                 .message = fmt::format("the next projection has no Effects, and effect {} of the one before is not "
                                        "performed yet; wait for settle_effects",
                                        effect_id(giving.effects()->name(), (*first)->place))};
}

}  // namespace

EffectsHandover::~EffectsHandover() {
    if (completed_) return;
    for (const auto& worker : before_.workers()) {
        if (worker->effects() != nullptr) worker->effects()->release();
    }
}

Result<> EffectsHandover::hold(Deadline deadline) {
    for (const auto& worker : before_.workers()) {
        if (worker->effects() == nullptr || worker->effects()->hold(deadline)) continue;
        return Error{.code = Code::deadline_exceeded,
                     .message = fmt::format("an effect of projection {} was being performed all the time; try again",
                                            before_.type().name)};
    }
    return {};
}

Result<> EffectsHandover::prepare() {
    for (std::size_t index = 0; index < next_.workers().size(); ++index) {
        Result<> prepared = prepare_part(index);
        if (!prepared.ok()) return std::move(prepared).within("effects that are left to be performed");
    }
    return {};
}

Result<> EffectsHandover::prepare_part(std::size_t index) {
    Worker& giving = *before_.workers()[index];
    Outbox* const taking = next_.workers()[index]->model().outbox();
    if (taking == nullptr) return check_none_left(giving);
    // Where they share out events in two ways, nobody can say of one that has failed which of its events were heard here.
    const bool alike = &next_.type() == &before_.type();
    const Position heard = alike ? giving.progress().position() : before_.position();
    std::vector<StoredEffect> left;
    if (giving.model().outbox() != nullptr) {
        auto all = giving.model().outbox()->all();
        if (!all.ok()) return std::move(all).error();
        left = std::move(*all);
    }
    for (StoredEffect& effect : left) {
        if (effect.origin.empty()) effect.origin = giving.effects()->name();
        if (effect.origin == next_.workers()[index]->effects()->name()) effect.origin.clear();
    }
    return taking->take_over(heard, left);
}

void EffectsHandover::withdraw(const Outbox::Heard& heard) {
    for (const auto& worker : next_.workers()) {
        // Where its file fails, the next attempt writes all of it again.
        if (worker->model().outbox() != nullptr) static_cast<void>(worker->model().outbox()->hold(heard));
    }
}

void EffectsHandover::complete(const Outbox::Heard& heard) {
    completed_ = true;
    for (const auto& worker : before_.workers()) {
        if (worker->effects() == nullptr) continue;
        // Where its file fails, nothing is recorded any more all the same, and what is left there is written anew if it
        // takes over again.
        static_cast<void>(worker->model().outbox()->hold(heard));
        worker->effects()->retire();
    }
    for (const auto& worker : next_.workers()) {
        if (worker->effects() != nullptr) worker->effects()->release();
    }
}

}  // namespace varve
