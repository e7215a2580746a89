#include "varve/testing_clock.hpp"

#include <gtest/gtest.h>

namespace varve::testing {
namespace {

using std::chrono::hours;
using std::chrono::steady_clock;

TEST(VirtualClock, stands_still_until_it_is_moved) {
    VirtualClock clock;
    EXPECT_EQ(to_string(clock.now()), "2026-01-01T00:00:00.000000Z");
    clock.advance(hours(24));
    EXPECT_EQ(to_string(clock.now()), "2026-01-02T00:00:00.000000Z");
}

TEST(VirtualClock, never_goes_back) {
    VirtualClock clock;
    const Timestamp start = clock.now();
    clock.advance(-hours(1));
    clock.set(start - hours(1));
    EXPECT_EQ(clock.now(), start);
}

TEST(VirtualClock, tells_its_watchers_until_they_leave) {
    VirtualClock clock;
    int told = 0;
    auto watch = clock.watch([&told] { ++told; });
    clock.advance(hours(1));
    clock.set(clock.now());
    EXPECT_EQ(told, 1);
    watch.reset();
    clock.advance(hours(1));
    EXPECT_EQ(told, 1);
}

TEST(VirtualClock, is_waited_for_without_end) {
    VirtualClock clock;
    EXPECT_EQ(clock.wake_at(clock.now() + hours(1)), steady_clock::time_point::max());
    EXPECT_LE(clock.wake_at(clock.now()), steady_clock::now());
}

TEST(SystemClock, is_asked_again_at_least_every_hour) {
    const auto clock = system_clock();
    const auto before = steady_clock::now();
    const auto wake = clock->wake_at(clock->now() + hours(24 * 365));
    EXPECT_GE(wake, before + hours(1));
    EXPECT_LE(wake, steady_clock::now() + hours(1));
    const auto passed = clock->wake_at(clock->now() - hours(1));
    EXPECT_LE(passed, steady_clock::now());
}

}  // namespace
}  // namespace varve::testing
