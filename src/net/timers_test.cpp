#include "net/timers.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace varve::net {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;

class TimersTest : public testing::Test {
protected:
    Loop::TimerId add(Clock::duration after, char name) {
        return timers_.add(start_ + after, [this, name] { ran_ += name; });
    }

    const Clock::time_point start_ = Clock::time_point(1h);
    Timers timers_;
    std::string ran_;
};

TEST_F(TimersTest, run_by_time_then_in_the_order_of_adding) {
    add(3s, 'c');
    add(1s, 'a');
    add(2s, 'b');
    add(3s, 'd');
    EXPECT_EQ(timers_.next(), start_ + 1s);
    timers_.run_due(start_);
    EXPECT_EQ(ran_, "");
    timers_.run_due(start_ + 2s);
    EXPECT_EQ(ran_, "ab");
    timers_.run_due(start_ + 1h);
    EXPECT_EQ(ran_, "abcd");
    EXPECT_EQ(timers_.next(), std::nullopt);
}

TEST_F(TimersTest, a_cancelled_one_never_runs_and_its_number_is_not_used_again) {
    const auto first = add(1s, 'a');
    timers_.cancel(first);
    timers_.cancel(first);
    EXPECT_EQ(timers_.next(), std::nullopt);
    const auto second = add(1s, 'b');
    EXPECT_NE(first, second);
    timers_.cancel(first);
    timers_.run_due(start_ + 1s);
    EXPECT_EQ(ran_, "b");
    timers_.cancel(second);
}

TEST_F(TimersTest, one_that_is_due_may_cancel_another_that_is_due) {
    Loop::TimerId other = 0;
    timers_.add(start_, [&] { timers_.cancel(other); });
    other = add(1s, 'x');
    timers_.run_due(start_ + 1s);
    EXPECT_EQ(ran_, "");
}

TEST_F(TimersTest, what_a_due_one_adds_waits_for_the_next_time) {
    timers_.add(start_, [this] { add(0s, 'b'); });
    timers_.run_due(start_);
    EXPECT_EQ(ran_, "");
    timers_.run_due(start_);
    EXPECT_EQ(ran_, "b");
}

TEST_F(TimersTest, a_million_cancelled_ones_are_forgotten) {
    add(10s, 'x');
    for (int i = 0; i < 1'000'000; ++i) timers_.cancel(add(10s, 'y'));
    EXPECT_LT(timers_.size(), 200U);
    timers_.run_due(start_ + 10s);
    EXPECT_EQ(ran_, "x");
}

TEST_F(TimersTest, what_a_cancelled_one_held_is_gone_at_once) {
    auto held = std::make_shared<int>(0);
    const std::weak_ptr<int> seen = held;
    const auto timer = timers_.add(start_, [held = std::move(held)] {});
    timers_.cancel(timer);
    EXPECT_TRUE(seen.expired());
}

}  // namespace
}  // namespace varve::net
