#include <atomic>

#include "conformance/suite.hpp"

namespace varve::conformance {
namespace {

class Pipelining : public Conformance {};

INSTANTIATE_TEST_SUITE_P(engines, Pipelining, ::testing::ValuesIn(engines()), engine_name);

TEST_P(Pipelining, commits_of_one_thread_take_effect_in_the_order_of_its_calls) {
    static constexpr std::uint64_t commits = 2000;
    Outcomes outcomes;
    for (std::uint64_t n = 0; n < commits; ++n) {
        store().append(Commit{}.append("a-1", Expected::any(), {fact("Happened", std::to_string(n))}), outcomes.next());
    }
    const auto all = outcomes.wait();
    for (std::uint64_t n = 0; n < commits; ++n) {
        ASSERT_TRUE(all[n]) << all[n].error();
        EXPECT_EQ(all[n]->first, Position{n});
    }
    const auto events = read_all(store());
    ASSERT_EQ(events.size(), commits);
    for (std::uint64_t n = 0; n < commits; ++n) EXPECT_EQ(events[n].given.data, std::to_string(n));
}

TEST_P(Pipelining, every_completion_comes_once_with_many_threads_and_mixed_outcomes) {
    static constexpr int threads = 6;
    static constexpr int commits = 200;
    std::atomic<std::uint64_t> happened = 0;
    in_parallel(threads, [&](int thread) {
        const std::string mine = "mine-" + std::to_string(thread);
        Outcomes outcomes;
        for (int n = 0; n < commits; ++n) {
            if (n % 10 == 3) store().append(Commit{}, outcomes.next());
            if (n % 10 == 7) store().append(Commit{}.append(mine, Expected::none(), {fact("Late")}), outcomes.next());
            store().append(Commit{}.append(mine, Expected::any(), {fact("Happened", std::to_string(n))}),
                           outcomes.next());
        }
        std::uint64_t refused = 0;
        std::uint64_t conflicts = 0;
        for (const auto& outcome : outcomes.wait()) {
            if (outcome) {
                ++happened;
            } else {
                (outcome.error().code == Code::aborted ? conflicts : refused) += 1;
            }
        }
        EXPECT_EQ(refused, 20U);
        EXPECT_EQ(conflicts, 20U);
        int n = 0;
        for (const Seen& event : read_all(store(), {.source = Stream{mine}}))
            EXPECT_EQ(event.given.data, std::to_string(n++));
        EXPECT_EQ(n, commits);
    });
    EXPECT_EQ(happened, static_cast<std::uint64_t>(threads * commits));
    EXPECT_EQ(store().head(), Position{happened});
}

TEST_P(Pipelining, a_completion_may_append_the_next_one) {
    // Many where a link costs nothing: calls that nest would overflow the stack. Few where each is a sync.
    const std::uint64_t links = GetParam().durability == Durability::volatile_ ? 100'000 : 500;
    std::mutex mutex;
    std::condition_variable finished;
    std::uint64_t done = 0;
    std::function<void()> link = [&] {
        store().append(Commit{}.append("chain-1", Expected::any(), {fact("Link", "")}),
                       [&](const Result<Receipt>& outcome) {
                           const bool more = [&] {
                               const std::scoped_lock lock(mutex);
                               done = outcome ? done + 1 : links;
                               if (done == links) finished.notify_all();
                               return done < links;
                           }();
                           if (more) link();
                       });
    };
    link();
    std::unique_lock lock(mutex);
    EXPECT_TRUE(finished.wait_until(lock, soon(), [&] { return done == links; }));
    lock.unlock();
    EXPECT_EQ(store().head(), Position{links});
}

TEST_P(Pipelining, blocking_and_pipelined_commits_of_a_thread_keep_their_order) {
    Outcomes outcomes;
    for (std::uint64_t n = 0; n < 200; ++n) {
        store().append(Commit{}.append("a-1", Expected::any(), {fact("Happened")}), outcomes.next());
        if (n % 20 == 19) {
            EXPECT_EQ(append("a-1").first, Position{n + n / 20 + 1});
        }
    }
    for (const auto& outcome : outcomes.wait()) EXPECT_TRUE(outcome) << outcome;
}

// Whatever is refused must be clean: nothing written, told as `resource_exhausted`, and the rest in order.
TEST_P(Pipelining, a_full_queue_refuses_by_choice_and_loses_nothing) {
    static constexpr std::uint64_t commits = 60;
    const std::string half_a_megabyte(512 << 10, 'x');
    Outcomes outcomes;
    for (std::uint64_t n = 0; n < commits; ++n) {
        store().append(Commit{}.append("a-1", Expected::any(), {fact("N" + std::to_string(n), half_a_megabyte)}),
                       outcomes.next(), {.when_full = WhenFull::refuse});
    }
    std::vector<std::string> accepted;
    const auto all = outcomes.wait();
    for (std::uint64_t n = 0; n < commits; ++n) {
        if (all[n]) {
            accepted.push_back("N" + std::to_string(n));
        } else {
            EXPECT_EQ(all[n].error().code, Code::resource_exhausted) << all[n].error();
        }
    }
    EXPECT_FALSE(accepted.empty());
    std::vector<std::string> stored;
    for (const Seen& event : read_all(store())) stored.push_back(event.given.type);
    EXPECT_EQ(stored, accepted);
}

TEST_P(Pipelining, a_full_queue_waits_by_default) {
    const std::string half_a_megabyte(512 << 10, 'x');
    Outcomes outcomes;
    for (int n = 0; n < 60; ++n) {
        store().append(Commit{}.append("a-1", Expected::any(), {fact("Happened", half_a_megabyte)}), outcomes.next());
    }
    for (const auto& outcome : outcomes.wait()) EXPECT_TRUE(outcome) << outcome;
    EXPECT_EQ(store().head(), Position{60});
}

TEST_P(Pipelining, closing_completes_what_was_begun) {
    Outcomes outcomes;
    for (int n = 0; n < 500; ++n) {
        store().append(Commit{}.append("a-1", Expected::any(), {fact("Happened")}), outcomes.next());
    }
    EXPECT_TRUE(store().close());
    for (const auto& outcome : outcomes.wait()) EXPECT_TRUE(outcome) << outcome;
    Outcomes late;
    store().append(Commit{}.append("a-1", Expected::any(), {fact("Happened")}), late.next());
    EXPECT_EQ(late.wait().at(0).error().code, Code::failed_precondition);
}

}  // namespace
}  // namespace varve::conformance
