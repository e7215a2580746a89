#include "model/lag.hpp"

#include <algorithm>

namespace varve {

namespace {

/// What `look` says of the first event from a position on; nothing when there is none.
void with_event_from(const Store& store, Position position, auto&& look) {
    auto found = store.read({.from = position, .limit = 1});
    if (!found.ok()) return;
    if (const Event* event = found->next()) look(*event);
}

}  // namespace

void complete(ProjectionStatus& status, const Store& store, Clock& clock) {
    if (status.lag() > 0) {
        with_event_from(store, status.position, [&](const Event& event) {
            status.behind = std::max(clock.now() - event.created, std::chrono::microseconds(0));
        });
        if (status.state == ProjectionStatus::State::catching_up && status.events_per_second > 0) {
            const double seconds = static_cast<double>(status.lag()) / status.events_per_second;
            static constexpr double longest = 1e9;
            status.time_left = std::chrono::seconds(static_cast<std::int64_t>(std::min(seconds, longest)));
        }
    }
    if (status.slow) {
        with_event_from(store, status.slow->position, [&](const Event& event) {
            if (event.position == status.slow->position) status.slow->type = event.type;
        });
    }
}

}  // namespace varve
