/// The application's clock where the engine asks for the time.
#pragma once

#include <memory>
#include <utility>

#include "io/environment.hpp"
#include "varve/clock.hpp"

namespace varve::io {

/// Stamps by the given clock; waits by the steady one as ever.
class GivenClock final : public Clock {
public:
    explicit GivenClock(std::shared_ptr<varve::Clock> clock) : clock_(std::move(clock)) {}
    Timestamp now() override { return clock_->now(); }
    std::chrono::steady_clock::time_point steady_now() override { return std::chrono::steady_clock::now(); }

private:
    std::shared_ptr<varve::Clock> clock_;
};

/// The real environment, with this clock instead of its own when there is one.
[[nodiscard]] inline Environment real_environment(const std::shared_ptr<varve::Clock>& clock) {
    Environment environment = real_environment();
    if (clock != nullptr) environment.clock = std::make_shared<GivenClock>(clock);
    return environment;
}

}  // namespace varve::io
