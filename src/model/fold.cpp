#include "model/fold.hpp"

#include <fmt/format.h>

#include "model/guard.hpp"
#include "store/rules.hpp"

namespace varve {

Result<> fold_event(const detail::StateType& type, const Event& event, void* state) {
    const auto found = type.steps.step_for(event);
    if (!found.ok()) return found.error();
    const detail::Step* step = *found;
    if (step == nullptr) return {};
    Result<> applied = guarded([&] { return step->apply(state, event); },
                               [&] { return fmt::format("evolve of {} with {}", type.name, event.type); });
    if (applied.ok()) return applied;
    return std::move(applied).within(fmt::format("stream '{}' revision {}", event.stream, event.revision.value));
}

Result<> fold(const Store& store, const detail::StateType& type, const Selection& selection, void* state,
              Reached& reached) {
    return fold(store, type, selection, state, reached, nullptr);
}

Result<> fold(const Store& store, const detail::StateType& type, const Selection& selection, void* state,
              Reached& reached, const std::function<Result<>(const Event&)>& look) {
    auto cursor = store.read(selection);
    if (!cursor.ok()) return std::move(cursor).error();
    while (const Event* event = cursor->next()) {
        if (Result<> folded = fold_event(type, *event, state); !folded.ok()) return folded;
        reached = {event->revision, event->position, event->id};
        if (!look) continue;
        if (Result<> looked = look(*event); !looked.ok()) return looked;
    }
    return cursor->status();
}

Result<StreamRetention> standing_of(const Store& store, const std::string& stream) {
    auto standing = store.retention(stream);
    if (standing.ok() && standing->state == StreamState::tombstoned) return store::tombstone_error(stream);
    return standing;
}

}  // namespace varve
