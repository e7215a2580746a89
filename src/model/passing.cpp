#include "model/passing.hpp"

#include <algorithm>

#include "varve/testing_pass.hpp"

namespace varve::testing {

Result<> settle(App& app, std::chrono::milliseconds limit) {
    if (Result<> settled = app.settle(limit); !settled.ok()) return settled;
    for (const ProcessStatus& status : app.processes()) {
        if (status.state == ProcessStatus::State::failed) return status.error.value_or(Error{});
    }
    return {};
}

Result<> pass_time(VirtualClock& clock, std::chrono::microseconds time, const std::function<Result<>()>& settle,
                   const std::function<const App&()>& app) {
    const Timestamp end = clock.now() + time;
    for (;;) {
        if (Result<> settled = settle(); !settled.ok()) return settled;
        if (clock.now() >= end) return {};
        Timestamp next = end;
        for (const ProcessStatus& status : app().processes()) {
            if (status.next_due && *status.next_due > clock.now()) next = std::min(next, *status.next_due);
        }
        clock.set(next);
    }
}

Result<> pass(App& app, VirtualClock& clock, std::chrono::microseconds time) {
    constexpr std::chrono::minutes limit(1);
    return pass_time(clock, time, [&] { return settle(app, limit); }, [&]() -> const App& { return app; });
}

}  // namespace varve::testing
