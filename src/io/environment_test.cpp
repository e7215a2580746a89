#include "io/environment.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "io/simulated.hpp"

namespace varve::io {
namespace {

TEST(RealExecutor, runs_after_a_wake) {
    const Environment environment = real_environment();
    std::promise<void> ran;
    const auto task = environment.executor->start("test", std::chrono::milliseconds(0), [&] { ran.set_value(); });
    task->wake();
    EXPECT_EQ(ran.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
}

TEST(RealExecutor, runs_again_after_its_period) {
    const Environment environment = real_environment();
    std::promise<void> ran;
    int runs = 0;
    const auto task = environment.executor->start("test", std::chrono::milliseconds(1), [&] {
        if (++runs == 3) ran.set_value();
    });
    EXPECT_EQ(ran.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
}

TEST(RealExecutor, destroying_a_task_waits_for_its_run) {
    const Environment environment = real_environment();
    std::promise<void> began;
    std::promise<void> may_end;
    std::atomic<bool> ended = false;
    auto task = environment.executor->start("test", std::chrono::milliseconds(0), [&] {
        began.set_value();
        may_end.get_future().wait();
        ended = true;
    });
    task->wake();
    began.get_future().wait();
    may_end.set_value();
    task.reset();
    EXPECT_TRUE(ended);
}

TEST(RealClock, goes_on) {
    const Environment environment = real_environment();
    EXPECT_GT(environment.clock->now(), Timestamp(std::chrono::years(50)));
    const auto before = environment.clock->steady_now();
    EXPECT_GE(environment.clock->steady_now(), before);
}

TEST(RealRandom, draws_different_numbers) {
    const Environment environment = real_environment();
    EXPECT_NE(environment.random->next(), environment.random->next());
}

TEST(ManualExecutor, runs_only_when_told) {
    ManualExecutor executor;
    int woken_runs = 0;
    int periodic_runs = 0;
    const auto woken = executor.start("a", std::chrono::milliseconds(0), [&] { ++woken_runs; });
    const auto periodic = executor.start("b", std::chrono::seconds(1), [&] { ++periodic_runs; });
    EXPECT_EQ(executor.run_woken(), 0U);
    woken->wake();
    woken->wake();
    EXPECT_EQ(executor.run_woken(), 1U);
    EXPECT_EQ(executor.run_periodic(), 1U);
    EXPECT_EQ(woken_runs, 1);
    EXPECT_EQ(periodic_runs, 1);
}

TEST(ManualExecutor, forgets_a_task_that_is_gone) {
    ManualExecutor executor;
    int runs = 0;
    auto task = executor.start("a", std::chrono::milliseconds(0), [&] { ++runs; });
    task->wake();
    task.reset();
    EXPECT_EQ(executor.run_woken(), 0U);
    EXPECT_EQ(runs, 0);
}

TEST(ManualClock, stands_until_moved) {
    ManualClock clock;
    const Timestamp before = clock.now();
    clock.advance(std::chrono::seconds(5));
    EXPECT_EQ(clock.now() - before, std::chrono::seconds(5));
}

TEST(SeededRandom, repeats_itself) {
    SeededRandom one(7);
    SeededRandom two(7);
    EXPECT_EQ(one.next(), two.next());
    EXPECT_NE(one.next(), one.next());
}

}  // namespace
}  // namespace varve::io
