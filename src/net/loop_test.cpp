#include "net/loop.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "net/socket.hpp"

namespace varve::net {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""ms;

class LoopTest : public testing::Test {
protected:
    /// Two ends of a line; what is written to the second can be read from the first.
    static std::array<Descriptor, 2> line() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
        return {Descriptor(ends[0]), Descriptor(ends[1])};
    }

    std::unique_ptr<Loop> loop_ = Loop::make().value();
};

TEST_F(LoopTest, runs_what_is_posted_in_order_in_its_thread) {
    std::string ran;
    EXPECT_FALSE(loop_->mine());
    for (const char c : {'a', 'b', 'c'}) {
        loop_->post([this, &ran, c] {
            EXPECT_TRUE(loop_->mine());
            ran += c;
            if (c == 'a') loop_->post([&ran] { ran += '1'; });
            if (c == 'b') loop_->defer([&ran] { ran += 'e'; });
            if (c == 'c')
                loop_->at(Clock::now(), [this, &ran] {
                    ran += 't';
                    loop_->post([this] { loop_->stop(); });
                });
        });
    }
    loop_->run();
    EXPECT_EQ(ran, "abcte1");
    EXPECT_FALSE(loop_->mine());
}

TEST_F(LoopTest, stopped_before_it_runs_it_returns_at_once_and_drops_what_was_posted) {
    auto held = std::make_shared<int>(0);
    const std::weak_ptr<int> seen = held;
    std::atomic<bool> in_its_thread = false;
    struct Witness {
        Loop* loop;
        std::atomic<bool>* saw;
        ~Witness() { *saw = loop->mine(); }
    };
    auto witness = std::make_shared<Witness>(loop_.get(), &in_its_thread);
    loop_->post([held = std::move(held), witness = std::move(witness)] { ADD_FAILURE() << "it was to be dropped"; });
    loop_->stop();
    loop_->stop();
    std::thread([this] { loop_->run(); }).join();
    EXPECT_TRUE(seen.expired());
    EXPECT_TRUE(in_its_thread);
    loop_->post([] { ADD_FAILURE() << "after the end"; });
}

TEST_F(LoopTest, a_thread_that_posts_wakes_it) {
    std::atomic<int> count = 0;
    std::thread running([this] { loop_->run(); });
    std::vector<std::thread> posting;
    for (int i = 0; i < 4; ++i) {
        posting.emplace_back([&] {
            for (int n = 0; n < 10'000; ++n) {
                loop_->post([&] {
                    if (++count == 40'000) loop_->stop();
                });
            }
        });
    }
    for (std::thread& one : posting) one.join();
    running.join();
    EXPECT_EQ(count, 40'000);
}

TEST_F(LoopTest, timers_are_not_early_and_a_cancelled_one_does_not_come) {
    const auto due = Clock::now() + 5ms;
    loop_->cancel(loop_->at(due, [] { ADD_FAILURE() << "cancelled"; }));
    loop_->at(due, [&] {
        EXPECT_GE(Clock::now(), due);
        loop_->stop();
    });
    loop_->at(Clock::now() + 24h, [] { ADD_FAILURE() << "tomorrow"; });
    loop_->run();
}

TEST_F(LoopTest, tells_when_a_descriptor_can_be_read_and_written) {
    auto [near, far] = line();
    std::string got;
    bool written = false;
    const int number = near.get();
    ASSERT_TRUE(loop_
                    ->watch(number, true,
                            [&](bool readable, bool writable) {
                                if (writable && !written) {
                                    written = true;
                                    loop_->want_writing(number, false);
                                    ASSERT_EQ(::write(far.get(), "hi", 2), 2);
                                }
                                if (!readable) return;
                                std::array<char, 1> one{};
                                const auto moved = read_some(number, one.data(), one.size());
                                if (moved.what == Moved::What::over) return loop_->stop();
                                got += one[0];
                                if (got == "hi") far.close();
                            })
                    .ok());
    loop_->run();
    EXPECT_TRUE(written);
    EXPECT_EQ(got, "hi");
}

TEST_F(LoopTest, hears_nothing_while_reading_is_not_wanted) {
    auto [near, far] = line();
    const int number = near.get();
    bool wanted = false;
    ASSERT_TRUE(loop_
                    ->watch(number, false,
                            [&](bool, bool) {
                                EXPECT_TRUE(wanted);
                                loop_->stop();
                            })
                    .ok());
    loop_->want_reading(number, false);
    ASSERT_EQ(::write(far.get(), "x", 1), 1);
    int turns = 0;
    std::function<void()> turn = [&] {
        wanted = ++turns == 10;
        if (wanted) return loop_->want_reading(number, true);
        loop_->post(turn);
    };
    loop_->post(turn);
    loop_->run();
    EXPECT_EQ(turns, 10);
}

TEST_F(LoopTest, a_watcher_may_unwatch_itself_and_others_whose_news_is_old) {
    auto [near, far] = line();
    auto [near_too, far_too] = line();
    ASSERT_EQ(::write(far.get(), "x", 1), 1);
    ASSERT_EQ(::write(far_too.get(), "x", 1), 1);
    int heard = 0;
    const auto only_once = [&](bool, bool) {
        ++heard;
        loop_->unwatch(near.get());
        loop_->unwatch(near_too.get());
        // The same numbers again, for others.
        EXPECT_TRUE(loop_->watch(near.get(), false, [&](bool, bool) { loop_->stop(); }).ok());
    };
    ASSERT_TRUE(loop_->watch(near.get(), false, only_once).ok());
    ASSERT_TRUE(loop_->watch(near_too.get(), false, only_once).ok());
    loop_->run();
    EXPECT_EQ(heard, 1);
}

TEST_F(LoopTest, what_cannot_be_watched_is_told) {
    const auto watched = loop_->watch(-1, false, [](bool, bool) {});
    ASSERT_FALSE(watched.ok());
    EXPECT_EQ(watched.error().code, Code::unavailable);
}

}  // namespace
}  // namespace varve::net
