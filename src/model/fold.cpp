#include "model/fold.hpp"

#include <fmt/format.h>

#include <variant>

#include "model/guard.hpp"
#include "store/rules.hpp"

namespace varve {

namespace {

Result<> fold_event(const detail::StateType& type, const Event& event, void* state) {
    const detail::Step* step = detail::find_step(type.steps, event.type);
    if (step == nullptr) return {};
    Result<> applied = guarded([&] { return step->apply(state, event); },
                               [&] { return fmt::format("evolve of {} with {}", type.name, event.type); });
    if (applied.ok()) return applied;
    return std::move(applied).within(fmt::format("stream '{}' revision {}", event.stream, event.revision.value));
}

}  // namespace

Result<> fold(const Store& store, const detail::StateType& type, const Selection& selection, void* state,
              std::optional<Revision>& revision) {
    return fold(store, type, selection, state, revision, nullptr);
}

Result<> fold(const Store& store, const detail::StateType& type, const Selection& selection, void* state,
              std::optional<Revision>& revision, const std::function<Result<>(const Event&)>& look) {
    auto cursor = store.read(selection);
    if (!cursor.ok()) return std::move(cursor).error();
    while (const Event* event = cursor->next()) {
        if (Result<> folded = fold_event(type, *event, state); !folded.ok()) return folded;
        revision = event->revision;
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

Selection stream_as_of(const std::string& stream, const AsOf& as_of) {
    Selection selection{.source = Stream{stream}};
    if (const auto* revision = std::get_if<Revision>(&as_of.place)) selection.until_revision = *revision;
    if (const auto* position = std::get_if<Position>(&as_of.place)) selection.until = *position;
    if (const auto* time = std::get_if<Timestamp>(&as_of.place)) selection.as_of = *time;
    return selection;
}

}  // namespace varve
