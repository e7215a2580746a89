#include <atomic>
#include <future>
#include <limits>
#include <thread>
#include <vector>

#include "conformance/suite.hpp"

namespace varve::conformance {
namespace {

class Subscribing : public Conformance {
protected:
    /// The next event, waited for; fails the test when it does not come.
    static std::optional<Seen> take(Subscription& subscription, Deadline deadline = soon()) {
        const auto event = subscription.next(deadline);
        if (!event) {
            ADD_FAILURE() << event.error();
            return {};
        }
        if (*event == nullptr) return {};
        return seen(**event);
    }
    static std::vector<std::uint64_t> take_all(Subscription& subscription) {
        std::vector<std::uint64_t> numbers;
        while (const auto event = take(subscription, now())) numbers.push_back(event->position.value);
        return numbers;
    }
};

INSTANTIATE_TEST_SUITE_P(engines, Subscribing, ::testing::ValuesIn(engines()), engine_name);

using Numbers = std::vector<std::uint64_t>;

TEST_P(Subscribing, catches_up_then_stays_live) {
    for (int n = 0; n < 3; ++n) append("a-1");
    auto subscription = store().subscribe({}).value();
    EXPECT_EQ(subscription.position(), Position{0});
    EXPECT_EQ(take(subscription)->position, Position{0});
    EXPECT_EQ(subscription.position(), Position{1});
    EXPECT_EQ(take_all(subscription), (Numbers{1, 2}));
    EXPECT_EQ(take(subscription, now()), std::nullopt);
    append("a-1");
    EXPECT_EQ(take_all(subscription), (Numbers{3}));
    EXPECT_EQ(subscription.position(), Position{4});
}

TEST_P(Subscribing, starts_where_it_is_told) {
    for (int n = 0; n < 5; ++n) append("a-1");
    auto middle = store().subscribe({.from = Position{3}}).value();
    EXPECT_EQ(middle.position(), Position{3});
    EXPECT_EQ(take_all(middle), (Numbers{3, 4}));

    auto only_new = store().subscribe({.from = store().head()}).value();
    auto future = store().subscribe({.from = Position{7}}).value();
    EXPECT_EQ(take(only_new, now()), std::nullopt);
    for (int n = 0; n < 4; ++n) append("a-1");
    EXPECT_EQ(take_all(only_new), (Numbers{5, 6, 7, 8}));
    EXPECT_EQ(take_all(future), (Numbers{7, 8}));

    auto revision = store().subscribe({.source = Stream{"a-1"}, .from_revision = Revision{6}}).value();
    EXPECT_EQ(take_all(revision), (Numbers{6, 7, 8}));
    append("b-1");
    append("a-1");
    EXPECT_EQ(take_all(revision), (Numbers{10}));
}

TEST_P(Subscribing, beyond_the_last_place_there_is_nothing_to_deliver) {
    constexpr Position last{std::numeric_limits<std::uint64_t>::max()};
    append("a-1");
    for (const Source& source : {Source(All{}), Source(Stream{"a-1"}), Source(Category{"a"})}) {
        auto subscription = store().subscribe({.source = source, .from = last + 1}).value();
        EXPECT_EQ(subscription.position(), last);
        EXPECT_EQ(take(subscription, now()), std::nullopt);
        append("a-1");
        EXPECT_EQ(take(subscription, now()), std::nullopt);
    }
    auto revision = store().subscribe({.source = Stream{"a-1"}, .from_revision = Revision{last.value} + 1}).value();
    EXPECT_EQ(take(revision, now()), std::nullopt);
    EXPECT_FALSE(store().wait_for(last, now()));
}

TEST_P(Subscribing, follows_one_stream_or_category_and_its_position_passes_the_rest) {
    auto stream = store().subscribe({.source = Stream{"a-1"}}).value();
    auto category = store().subscribe({.source = Category{"a"}}).value();
    for (const char* name : {"a-1", "b-1", "a-2", "a-1", "b-1", "b-1"}) append(name);
    EXPECT_EQ(take_all(stream), (Numbers{0, 3}));
    EXPECT_EQ(take_all(category), (Numbers{0, 2, 3}));
    EXPECT_EQ(stream.position(), Position{6});
    EXPECT_EQ(category.position(), Position{6});
    append("c-1");
    EXPECT_EQ(take(category, now()), std::nullopt);
    EXPECT_EQ(category.position(), Position{7});
    append("a-3");
    EXPECT_EQ(take_all(category), (Numbers{7}));
    EXPECT_TRUE(take_all(stream).empty());
}

TEST_P(Subscribing, resumes_from_its_position_without_gap_or_repeat) {
    for (int n = 0; n < 40; ++n) append(n % 3 == 0 ? "a-1" : "b-1");
    Numbers seen_so_far;
    Position checkpoint{0};
    while (seen_so_far.size() < 14) {
        auto subscription = store().subscribe({.source = Category{"a"}, .from = checkpoint}).value();
        for (int n = 0; n < 3 && seen_so_far.size() < 14; ++n)
            seen_so_far.push_back(take(subscription)->position.value);
        checkpoint = subscription.position();
    }
    EXPECT_EQ(seen_so_far, places(store(), {.source = Category{"a"}}));
}

TEST_P(Subscribing, a_waiting_next_is_woken_by_an_append) {
    auto subscription = store().subscribe({}).value();
    auto waiting = std::async(std::launch::async, [&] { return take(subscription); });
    append("a-1", "woken");
    ASSERT_EQ(waiting.wait_until(soon()), std::future_status::ready);
    EXPECT_EQ(waiting.get()->given.data, "woken");
}

TEST_P(Subscribing, delivers_everything_once_in_order_beside_many_writers) {
    static constexpr int writers = 4;
    static constexpr int commits = 100;
    static constexpr std::uint64_t events = 3ULL * writers * commits;
    for (int n = 0; n < 10; ++n) append("a-0");
    const std::vector<Source> sources = {All{}, Category{"a"}, Stream{"a-1"}, Category{"b"}, All{}};
    std::vector<std::vector<std::uint64_t>> delivered(sources.size());
    {
        std::vector<std::jthread> consumers;
        for (std::size_t n = 0; n < sources.size(); ++n) {
            consumers.emplace_back([&, n] {
                auto subscription = store().subscribe({.source = sources[n]}).value();
                while (subscription.position() < Position{events + 10}) {
                    const auto event =
                        subscription.next(std::chrono::steady_clock::now() + std::chrono::milliseconds(5));
                    ASSERT_TRUE(event) << event.error();
                    if (*event != nullptr) delivered[n].push_back((*event)->position.value);
                }
            });
        }
        in_parallel(writers, [&](int writer) {
            for (int n = 0; n < commits; ++n) {
                Commit commit;
                commit.append("a-" + std::to_string(writer), Expected::any(), {fact("Happened"), fact("Happened")});
                commit.append("b-" + std::to_string(n % 5), Expected::any(), {fact("Happened")});
                EXPECT_TRUE(store().append(std::move(commit)));
            }
        });
    }
    for (std::size_t n = 0; n < sources.size(); ++n)
        EXPECT_EQ(delivered[n], places(store(), {.source = sources[n]})) << n;
}

TEST_P(Subscribing, a_slow_consumer_falls_behind_and_misses_nothing) {
    auto subscription = store().subscribe({}).value();
    append("a-1");
    EXPECT_EQ(take(subscription)->position, Position{0});
    for (int n = 0; n < 20; ++n) {
        ASSERT_TRUE(
            store().append(Commit{}.append("a-1", Expected::any(), std::vector<NewEvent>(500, fact("Happened")))));
    }
    const auto rest = take_all(subscription);
    ASSERT_EQ(rest.size(), 10'000U);
    for (std::uint64_t n = 0; n < rest.size(); ++n) ASSERT_EQ(rest[n], n + 1);
}

TEST_P(Subscribing, a_thousand_on_one_store_each_get_everything) {
    static constexpr std::size_t subscribers = 1000;
    static constexpr std::size_t waiting = 100;
    append("a-1", "before");
    std::vector<Subscription> subscriptions;
    for (std::size_t n = 0; n < subscribers; ++n) {
        subscriptions.push_back(
            store().subscribe({.source = n % 2 == 0 ? Source(All{}) : Source(Stream{"a-1"})}).value());
    }
    std::vector<Numbers> delivered(subscribers);
    {
        std::vector<std::jthread> threads;
        for (std::size_t n = 0; n < waiting; ++n) {
            threads.emplace_back([&, n] {
                while (delivered[n].size() < 3) {
                    const auto event = take(subscriptions[n]);
                    if (!event) return;
                    delivered[n].push_back(event->position.value);
                }
            });
        }
        append("a-1", "first");
        append("a-1", "second");
    }
    for (std::size_t n = waiting; n < subscribers; ++n) delivered[n] = take_all(subscriptions[n]);
    for (std::size_t n = 0; n < subscribers; ++n) ASSERT_EQ(delivered[n], (Numbers{0, 1, 2})) << "subscriber " << n;
}

TEST_P(Subscribing, closing_it_wakes_a_waiting_next) {
    for (int round = 0; round < 50; ++round) {
        auto subscription = store().subscribe({.from = store().head()}).value();
        auto waiting = std::async(std::launch::async, [&] { return subscription.next(soon()).error().code; });
        subscription.close();
        ASSERT_EQ(waiting.wait_until(soon()), std::future_status::ready);
        EXPECT_EQ(waiting.get(), Code::cancelled);
        subscription.close();
        EXPECT_EQ(subscription.next(now()).error().code, Code::cancelled);
    }
}

TEST_P(Subscribing, closing_one_leaves_the_others_waiting) {
    auto closing = store().subscribe({}).value();
    auto staying = store().subscribe({}).value();
    auto first = std::async(std::launch::async, [&] { return closing.next(soon()).ok(); });
    auto second = std::async(std::launch::async, [&] { return take(staying); });
    closing.close();
    EXPECT_FALSE(first.get());
    append("a-1");
    EXPECT_EQ(second.get()->position, Position{0});
}

TEST_P(Subscribing, closing_the_store_cancels_every_waiting_next) {
    std::vector<std::future<Code>> waiting;
    for (int n = 0; n < 4; ++n) {
        waiting.push_back(std::async(std::launch::async, [subscription = store().subscribe({}).value()]() mutable {
            return subscription.next(soon()).error().code;
        }));
    }
    auto other = store().subscribe({}).value();
    EXPECT_TRUE(store().close());
    for (auto& code : waiting) EXPECT_EQ(code.get(), Code::cancelled);
    EXPECT_EQ(other.next(now()).error().code, Code::cancelled);
}

TEST_P(Subscribing, a_subscription_has_no_end) {
    append("a-1");
    for (const Selection& selection :
         {Selection{.direction = Direction::backward}, Selection{.until = Position{3}}, Selection{.as_of = Timestamp{}},
          Selection{.limit = 10}, Selection{.source = Stream{"a-1"}, .until_revision = Revision{1}}}) {
        expect_error(store().subscribe(selection), Code::invalid_argument, {"subscription"});
    }
    expect_error(store().subscribe({.source = Stream{""}}), Code::invalid_argument, {"empty"});
    expect_error(store().subscribe({.from_revision = Revision{1}}), Code::invalid_argument, {"revision"});
}

}  // namespace
}  // namespace varve::conformance
