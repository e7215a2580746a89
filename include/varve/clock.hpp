/// The time of day, as stores and applications take it: the system's, or one that a test moves by hand.
///
///     auto clock = std::make_shared<varve::testing::VirtualClock>();      // varve/testing_clock.hpp
///     varve::App shop{varve::open("memory:", {.clock = clock}).value(), {.clock = clock}};
///     clock->advance(std::chrono::days(90));                             // and every timer of these months is due
#pragma once

#include <chrono>
#include <functional>
#include <memory>

#include "varve/export.hpp"
#include "varve/types.hpp"

namespace varve {

/// Every method may be called from any thread.
class VARVE_API Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock();

    [[nodiscard]] virtual Timestamp now() = 0;
    /// How long, on the steady clock, a thread that waits for `time` may sleep before it asks again; never later than
    /// the moment when now() reaches it by itself, and `time_point::max()` when that will not happen.
    [[nodiscard]] virtual std::chrono::steady_clock::time_point wake_at(Timestamp time) = 0;
    /// `moved` is called whenever the clock is moved by hand, by the thread that moves it, until the answer is destroyed
    /// (which waits for a call under way). It must be quick, and neither move the clock nor watch it. nullptr: this clock
    /// only moves by itself.
    [[nodiscard]] virtual std::shared_ptr<void> watch(std::function<void()> moved);
};

/// The system's clock. When somebody sets it, whoever waits notices within an hour.
[[nodiscard]] VARVE_API std::shared_ptr<Clock> system_clock();

}  // namespace varve
