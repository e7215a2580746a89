// Conditions on queries: dynamic consistency boundaries.
#include <algorithm>
#include <atomic>
#include <random>

#include "conformance/suite.hpp"

namespace varve::conformance {
namespace {

using After = std::optional<Position>;

NewEvent tagged(std::string type, std::vector<std::string> tags) {
    return {.stream = "facts-1", .type = std::move(type), .tags = std::move(tags)};
}

class QueryConditions : public Conformance {
protected:
    Position add(std::string type, std::vector<std::string> tags) {
        return store().append({.events = {tagged(std::move(type), std::move(tags))}}).value().first;
    }
    /// Tries an event that carries no tag, under one condition.
    Result<Receipt> attempt(const Query& query, After after) {
        Commit commit{.events = {tagged("Tried", {})}};
        return store().append(std::move(commit).unless(query, after));
    }
    void expect_broken(const Result<Receipt>& outcome, std::size_t condition, const Query& query, After after,
                       std::uint64_t found) {
        expect_error(outcome, Code::aborted, {"position " + std::to_string(found), to_string(query)});
        if (outcome) return;
        const auto& conflict = outcome.error().conflict;
        ASSERT_NE(conflict, nullptr);
        EXPECT_EQ(conflict->condition, condition);
        EXPECT_EQ(conflict->query, query);
        EXPECT_EQ(conflict->after, after);
        EXPECT_EQ(conflict->found, Position{found});
        EXPECT_EQ(conflict->stream, "");
    }
    const Query x_{{{.tags = {"x"}}}};
};

INSTANTIATE_TEST_SUITE_P(engines, QueryConditions, ::testing::ValuesIn(engines()), engine_name);

TEST_P(QueryConditions, hold_while_nothing_matches_and_name_the_first_event_that_does) {
    EXPECT_TRUE(attempt(x_, {}));  // 0, in an empty store
    add("A", {"y"});               // 1
    EXPECT_TRUE(attempt(x_, {}));  // 2
    add("A", {"x", "y"});          // 3
    add("A", {"x"});               // 4
    const Position head = store().head();
    expect_broken(attempt(x_, {}), 0, x_, {}, 3);
    EXPECT_EQ(store().head(), head) << "nothing was written";
    const Query b{{{.types = {"B"}}, {.types = {"A"}, .tags = {"y"}}}};
    expect_broken(attempt(b, {}), 0, b, {}, 1);
    EXPECT_TRUE(attempt({{{.types = {"B"}, .tags = {"x"}}}}, {}));
}

TEST_P(QueryConditions, after_is_exclusive_and_may_lie_beyond_the_head) {
    for (int n = 0; n < 4; ++n) add(n % 2 == 0 ? "A" : "B", {"x"});
    expect_broken(attempt(x_, Position{0}), 0, x_, Position{0}, 1);
    expect_broken(attempt(x_, Position{1}), 0, x_, Position{1}, 2);
    expect_broken(attempt(x_, Position{2}), 0, x_, Position{2}, 3);
    EXPECT_TRUE(attempt(x_, Position{3}));
    EXPECT_TRUE(attempt(x_, Position{4}));
    EXPECT_TRUE(attempt(x_, Position{1'000'000}));
    EXPECT_TRUE(attempt(x_, Position{std::numeric_limits<std::uint64_t>::max()}));
    const Query a{{{.types = {"A"}, .tags = {"x"}}}};
    EXPECT_TRUE(attempt(a, Position{2}));
    expect_broken(attempt(a, Position{1}), 0, a, Position{1}, 2);
}

TEST_P(QueryConditions, speak_of_the_store_before_the_commit) {
    Commit commit{.events = {tagged("A", {"x"}), tagged("A", {"x"})}};
    commit.unless(x_);
    ASSERT_TRUE(store().append(commit));
    commit.events[0].id = commit.events[1].id = {};
    expect_broken(store().append(commit), 0, x_, {}, 0);
}

TEST_P(QueryConditions, go_together_with_streams_and_the_first_that_fails_is_named) {
    add("A", {"x"});  // 0, facts-1@0
    const Query y{{{.tags = {"y"}}}};
    Commit commit{.events = {tagged("Tried", {})}};
    commit.conditions.emplace_back(StreamIs{"facts-1", Expected::exact(Revision{0})});
    commit.unless(y).unless(x_, Position{0});
    commit.unless(x_);                                                      // 3 fails
    commit.conditions.emplace_back(StreamIs{"facts-1", Expected::none()});  // 4 would
    expect_broken(store().append(commit), 3, x_, {}, 0);
    expect_error(store().append(commit), Code::aborted, {"condition 4"});
    std::swap(commit.conditions[3], commit.conditions[4]);
    const auto outcome = store().append(commit);
    expect_error(outcome, Code::aborted, {"facts-1"});
    EXPECT_EQ(outcome.error().conflict->condition, 3U);
    EXPECT_EQ(outcome.error().conflict->stream, "facts-1");
    EXPECT_EQ(outcome.error().conflict->found, std::nullopt);
    commit.conditions.resize(3);
    EXPECT_TRUE(store().append(commit));
    EXPECT_EQ(store().head(), Position{2});
}

TEST_P(QueryConditions, as_many_as_the_limit_allows) {
    Commit commit{.events = {tagged("Tried", {})}};
    for (std::size_t n = 0; n < limits::conditions_per_commit; ++n) commit.unless({{{.tags = {std::to_string(n)}}}});
    EXPECT_TRUE(store().append(commit));
    commit.unless(x_);
    expect_error(store().append(commit), Code::invalid_argument, {"1025", "1024"});
    commit.conditions.pop_back();
    add("A", {"1023"});
    commit.events[0].id = {};
    expect_broken(store().append(commit), 1023, {{{.tags = {"1023"}}}}, {}, 1);
}

// In flight at once, most commits share a group: of each name, the first is there when the second is checked.
TEST_P(QueryConditions, hold_against_commits_of_the_same_group) {
    static constexpr int names = 300;
    Outcomes outcomes;
    for (int n = 0; n < names; ++n) {
        const std::string name = "name:" + std::to_string(n);
        for (int attempt = 0; attempt < 2; ++attempt) {
            Commit commit{.events = {tagged("Taken", {name})}};
            store().append(std::move(commit).unless({{{.types = {"Taken"}, .tags = {name}}}}), outcomes.next());
        }
    }
    const auto all = outcomes.wait();
    for (std::size_t n = 0; n < all.size(); n += 2) {
        ASSERT_TRUE(all[n]) << all[n].error();
        const Query query{{{.types = {"Taken"}, .tags = {"name:" + std::to_string(n / 2)}}}};
        expect_broken(all[n + 1], 0, query, {}, all[n]->first.value);
    }
    EXPECT_EQ(store().head(), Position{names});
}

// Places of a course, taken by many at once. Each reads, decides, and appends under "nothing about this course since".
TEST_P(QueryConditions, a_boundary_that_many_share_is_never_exceeded) {
    static constexpr int capacity = 20;
    static constexpr int threads = 6;
    for (const std::string course : {"course:a", "course:b"}) {
        const Query about_course{{{.types = {"Joined", "Left"}, .tags = {course}}}};
        std::atomic<int> joined = 0;
        in_parallel(threads, [&](int thread) {
            for (int n = 0; n < 15;) {
                const Position head = store().head();
                int taken = 0;
                for (const Seen& event : read_all(store(), {.source = about_course})) {
                    if (event.position < head) taken += event.given.type == "Joined" ? 1 : -1;
                }
                ASSERT_LE(taken, capacity);
                if (taken == capacity) return;
                const std::string student = "student:" + std::to_string(thread) + "/" + std::to_string(n);
                Commit commit{.events = {tagged("Joined", {course, student}), tagged("Noise", {student})}};
                commit.unless(about_course, head == Position{0} ? After() : After(head - 1));
                const auto outcome = store().append(std::move(commit));
                if (outcome) {
                    ++joined;
                    ++n;
                } else {
                    ASSERT_EQ(outcome.error().code, Code::aborted) << outcome.error();
                    ASSERT_GE(*outcome.error().conflict->found, head) << "nobody else joined, so why was it refused?";
                }
            }
        });
        EXPECT_EQ(joined, capacity);
        EXPECT_EQ(places(store(), {.source = about_course}).size(), static_cast<std::size_t>(capacity));
    }
}

TEST_P(QueryConditions, of_many_at_once_exactly_one_takes_a_name) {
    for (int round = 0; round < 20; ++round) {
        const std::string name = "user:" + std::to_string(round);
        std::atomic<int> won = 0;
        std::atomic<int> lost = 0;
        in_parallel(8, [&](int thread) {
            NewEvent event = tagged("Registered", {name});
            event.stream = "account-" + std::to_string(round * 8 + thread);
            Commit commit{.events = {std::move(event)}};
            const auto outcome = store().append(std::move(commit).unless({{{.tags = {name}}}}));
            ++(outcome ? won : lost);
            if (!outcome) expect_error(outcome, Code::aborted, {name});
        });
        EXPECT_EQ(won, 1);
        EXPECT_EQ(lost, 7);
    }
}

TEST_P(QueryConditions, are_remembered_after_reopening) {
    if (!GetParam().can_reopen) GTEST_SKIP() << "its events end with it";
    add("A", {"x"});
    add("B", {"y"});
    reopen();
    expect_broken(attempt(x_, {}), 0, x_, {}, 0);
    EXPECT_TRUE(attempt(x_, Position{0}));
    EXPECT_TRUE(attempt({{{.tags = {"never"}}}}, {}));
    expect_broken(attempt({{{.types = {"B"}}}}, Position{0}), 0, {{{.types = {"B"}}}}, Position{0}, 1);
}

}  // namespace
}  // namespace varve::conformance
