#include "model/turn_queue.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace varve {
namespace {

class Queue : public ::testing::Test {
protected:
    /// Waits, in a thread of its own, until so many are waiting.
    void start(int number, Deadline deadline = Deadline::max(), const std::stop_token& cancel = {}) {
        const std::size_t before = waiting();
        threads_.emplace_back([this, number, deadline, cancel] {
            std::unique_lock lock(mutex_);
            if (!queue_.take(lock, "somebody", deadline, cancel)) return;
            order_.push_back(number);
            queue_.leave();
        });
        while (waiting() == before) std::this_thread::yield();
    }
    std::size_t waiting() {
        const std::lock_guard lock(mutex_);
        return queue_.holder().waiting;
    }
    void leave() {
        const std::lock_guard lock(mutex_);
        queue_.leave();
    }

    std::mutex mutex_;
    TurnQueue queue_;
    std::vector<int> order_;
    std::vector<std::jthread> threads_;
};

TEST_F(Queue, gives_turns_in_the_order_of_arrival) {
    ASSERT_TRUE(queue_.try_take("first"));
    for (int i = 0; i < 12; ++i) start(i);
    leave();
    threads_.clear();
    EXPECT_EQ(order_, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}));
    EXPECT_TRUE(queue_.idle());
}

TEST_F(Queue, who_gives_up_is_passed_over) {
    ASSERT_TRUE(queue_.try_take("first"));
    start(0);
    start(1, std::chrono::steady_clock::now() + std::chrono::milliseconds(20));
    start(2);
    threads_[1].join();
    EXPECT_EQ(waiting(), 2U);
    leave();
    threads_.clear();
    EXPECT_EQ(order_, (std::vector<int>{0, 2}));
}

TEST_F(Queue, the_last_one_may_give_up_too) {
    ASSERT_TRUE(queue_.try_take("first"));
    start(0, std::chrono::steady_clock::now() + std::chrono::milliseconds(20));
    threads_[0].join();
    start(1);
    leave();
    threads_.clear();
    EXPECT_EQ(order_, std::vector<int>{1});
    EXPECT_TRUE(queue_.idle());
}

TEST_F(Queue, who_is_asked_to_stop_waits_no_longer) {
    ASSERT_TRUE(queue_.try_take("first"));
    std::stop_source stop;
    start(0, Deadline::max(), stop.get_token());
    start(1);
    stop.request_stop();
    threads_[0].join();
    leave();
    threads_.clear();
    EXPECT_EQ(order_, std::vector<int>{1});
}

TEST_F(Queue, tells_who_has_the_turn) {
    EXPECT_EQ(queue_.holder().name, "");
    ASSERT_TRUE(queue_.try_take("Withdraw"));
    EXPECT_FALSE(queue_.try_take("Deposit"));
    EXPECT_EQ(queue_.holder().name, "Withdraw");
    EXPECT_LE(queue_.holder().since, std::chrono::steady_clock::now());
    queue_.leave();
    EXPECT_TRUE(queue_.idle());
    EXPECT_TRUE(queue_.try_take("Deposit"));
}

}  // namespace
}  // namespace varve
