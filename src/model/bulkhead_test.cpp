#include "model/bulkhead.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>
#include <thread>

namespace varve {
namespace {

TEST(Bulkhead, runs_a_few_at_once_and_refuses_what_is_too_much) {
    std::latch go(1);
    std::latch running(bulkhead_threads);
    std::atomic<std::size_t> ran = 0;
    Bulkhead bulkhead;
    for (std::size_t i = 0; i < bulkhead_threads; ++i) {
        ASSERT_TRUE(bulkhead
                        .post([&] {
                            running.count_down();
                            go.wait();
                            ++ran;
                        })
                        .ok());
    }
    running.wait();
    std::latch all(static_cast<std::ptrdiff_t>(bulkhead_queue));
    for (std::size_t i = 0; i < bulkhead_queue; ++i) {
        ASSERT_TRUE(bulkhead
                        .post([&] {
                            ++ran;
                            all.count_down();
                        })
                        .ok());
    }
    const Result<> refused = bulkhead.post([] {});
    EXPECT_EQ(refused.error().code, Code::resource_exhausted);
    EXPECT_EQ(refused.error().message, "64 questions wait for it already; ask again later");
    go.count_down();
    all.wait();
    EXPECT_TRUE(bulkhead.post([] {}).ok());
    bulkhead.stop();
    EXPECT_EQ(ran, bulkhead_threads + bulkhead_queue);
}

TEST(Bulkhead, stop_waits_for_what_runs_and_takes_nothing_more) {
    std::promise<void> begun;
    std::atomic<bool> ended = false;
    Bulkhead bulkhead;
    const auto until_stopped = [&] {
        begun.set_value();
        for (;;) {
            const Result<> posted = bulkhead.post([] {});
            if (!posted.ok() && posted.error().code == Code::failed_precondition) break;
            std::this_thread::yield();
        }
        ended = true;
    };
    bulkhead.post(until_stopped).value();
    begun.get_future().wait();
    bulkhead.stop();
    EXPECT_TRUE(ended);
    const Result<> refused = bulkhead.post([] {});
    EXPECT_EQ(refused.error().code, Code::failed_precondition);
    bulkhead.stop();
}

}  // namespace
}  // namespace varve
