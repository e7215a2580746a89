/// A clock that stands still until a test moves it: months pass in an instant.
///
///     auto clock = std::make_shared<varve::testing::VirtualClock>();
///     varve::App shop{varve::open("memory:", {.clock = clock}).value(), {.clock = clock}};
///     clock->advance(std::chrono::hours(24));
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "varve/clock.hpp"
#include "varve/export.hpp"

namespace varve::testing {

/// Any thread may move it and look at it. It never goes back, and neither do the times of a store: on a folder that has
/// events already, start it at the time of the last one, or delete the folder first; else what is due waits until the clock
/// has come to that time.
class VARVE_API VirtualClock final : public Clock {
public:
    /// 2026-01-01T00:00:00Z, unless another moment is given.
    VirtualClock() : VirtualClock(Timestamp(std::chrono::seconds(1'767'225'600))) {}
    explicit VirtualClock(Timestamp start) : microseconds_(start.time_since_epoch().count()) {}
    ~VirtualClock() override;

    [[nodiscard]] Timestamp now() override { return Timestamp(std::chrono::microseconds(microseconds_.load())); }
    [[nodiscard]] std::chrono::steady_clock::time_point wake_at(Timestamp time) override;
    [[nodiscard]] std::shared_ptr<void> watch(std::function<void()> moved) override;

    /// Moves on by so much; nothing happens when it is negative. Whoever waits for the time looks again at once.
    void advance(std::chrono::microseconds by) { set(now() + by); }
    /// Moves on to this moment; nothing happens when it has passed.
    void set(Timestamp time);

private:
    /// Lives as long as the clock or the last watch.
    struct Watchers {
        std::mutex mutex;
        std::uint64_t next = 0;
        std::map<std::uint64_t, std::function<void()>> moved;
    };

    std::atomic<std::int64_t> microseconds_;
    std::shared_ptr<Watchers> watchers_ = std::make_shared<Watchers>();
};

}  // namespace varve::testing
