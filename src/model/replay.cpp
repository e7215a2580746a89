#include "model/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>
#include <vector>

#include "model/guard.hpp"

namespace varve {

namespace {

/// The first position that is not to be seen.
Result<Position> end_of(const Store& store, const AsOf& as_of) {
    if (std::holds_alternative<Revision>(as_of.place)) {
        return Error{
            .code = Code::invalid_argument,
            .message = "a read model has no revision, which counts within one stream; give a position or a time"};
    }
    if (const auto* time = std::get_if<Timestamp>(&as_of.place)) return store.position_at(*time);
    const Position head = store.head();
    const auto* position = std::get_if<Position>(&as_of.place);
    return position != nullptr && *position < head ? *position + 1 : head;
}

}  // namespace

Result<Position> replay(const Store& store, const detail::ProjectionType& type, const AsOf& as_of, void* projection) {
    auto end = end_of(store, as_of);
    if (!end.ok() || end->value == 0) return end;
    auto cursor = store.read({.until = *end - 1});
    if (!cursor.ok()) return std::move(cursor).error();
    while (const Event* event = cursor->next()) {
        const auto found = type.events.step_for(*event);
        if (!found.ok()) return Error(found.error()).within(fmt::format("replay of {}", type.name));
        const detail::OnStep* step = *found;
        if (step == nullptr) continue;
        const Result<> applied = guarded_with_tables([&] { return step->apply(projection, *event, Partition()); },
                                                     [&] { return fmt::format("on({})", event->type); });
        if (std::vector<detail::NewEffect> none; type.take_effects != nullptr) {
            static_cast<void>(type.take_effects(projection, false, none));
        }
        if (!applied.ok()) {
            return Error(applied.error())
                .within(fmt::format("replay of {} at position {} (stream '{}', {})", type.name, event->position.value,
                                    event->stream, event->type));
        }
    }
    if (const Result<> status = cursor->status(); !status.ok()) return status.error();
    return end;
}

}  // namespace varve
