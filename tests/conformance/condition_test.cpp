#include <atomic>

#include "conformance/suite.hpp"

namespace varve::conformance {
namespace {

class Conditions : public Conformance {
protected:
    /// Tries one event on `target` under a condition on `stream`.
    Result<Receipt> attempt(std::string_view target, const std::string& stream, Expected expected) {
        Commit commit = Commit{}.append(target, Expected::any(), {fact("Happened")});
        commit.conditions.emplace_back(StreamIs{stream, expected});
        return store().append(std::move(commit));
    }
    void expect_conflict(const Result<Receipt>& outcome, const std::string& stream, Expected expected,
                         std::optional<Revision> actual) {
        expect_error(outcome, Code::aborted, {stream});
        if (outcome) return;
        ASSERT_NE(outcome.error().conflict, nullptr);
        EXPECT_EQ(outcome.error().conflict->stream, stream);
        EXPECT_EQ(outcome.error().conflict->expected, expected);
        EXPECT_EQ(outcome.error().conflict->actual, actual);
    }
};

INSTANTIATE_TEST_SUITE_P(engines, Conditions, ::testing::ValuesIn(engines()), engine_name);

// Each kind of expectation against an absent stream and one at revision 2, on the stream written and on another.
TEST_P(Conditions, every_kind_holds_and_fails_as_it_says) {
    for (int n = 0; n < 3; ++n) append("there-1");
    const Expected kinds[] = {Expected::any(),
                              Expected::none(),
                              Expected::exists(),
                              Expected::exact(Revision{0}),
                              Expected::exact(Revision{2}),
                              Expected::exact(Revision{3})};
    for (const Expected& expected : kinds) {
        for (const std::string stream : {"absent-1", "there-1"}) {
            SCOPED_TRACE(stream + " expected " + expected.to_string());
            const auto head = store().stream(stream).value();
            const auto last = head ? std::optional(head->last) : std::nullopt;
            const Position before = store().head();
            const auto outcome = attempt("other-1", stream, expected);
            EXPECT_EQ(outcome.ok(), expected.holds(last));
            EXPECT_EQ(store().head(), outcome ? before + 1 : before);
            if (!outcome) expect_conflict(outcome, stream, expected, last);
        }
    }
    expect_conflict(attempt("there-1", "there-1", Expected::exact(Revision{1})), "there-1",
                    Expected::exact(Revision{1}), Revision{2});
    expect_conflict(attempt("new-1", "new-1", Expected::exists()), "new-1", Expected::exists(), std::nullopt);
    EXPECT_TRUE(attempt("new-1", "new-1", Expected::none()));
    expect_conflict(attempt("new-1", "new-1", Expected::none()), "new-1", Expected::none(), Revision{0});
}

TEST_P(Conditions, a_conflict_names_both_revisions) {
    append("a-1");
    append("a-1");
    const auto outcome = attempt("a-1", "a-1", Expected::exact(Revision{7}));
    expect_error(outcome, Code::aborted, {"'a-1'", "revision 1", "revision 7"});
}

TEST_P(Conditions, the_first_condition_that_fails_is_named) {
    append("a-1");
    Commit commit = Commit{}.append("c-1", Expected::none(), {fact("Happened")});
    commit.conditions.emplace_back(StreamIs{"a-1", Expected::exists()});
    commit.conditions.emplace_back(StreamIs{"b-1", Expected::exists()});
    commit.conditions.emplace_back(StreamIs{"a-1", Expected::none()});
    expect_conflict(store().append(std::move(commit)), "b-1", Expected::exists(), std::nullopt);
}

TEST_P(Conditions, a_commit_over_several_streams_happens_whole_or_not_at_all) {
    append("a-1");
    Commit commit;
    commit.append("a-1", Expected::exact(Revision{0}), {fact("X")}).append("b-1", Expected::exists(), {fact("Y")});
    expect_conflict(store().append(std::move(commit)), "b-1", Expected::exists(), std::nullopt);
    EXPECT_EQ(store().head(), Position{1});
    EXPECT_EQ(store().stream("a-1").value()->last, Revision{0});
    EXPECT_FALSE(store().stream("b-1").value());
    EXPECT_EQ(append("a-1").first, Position{1});
}

TEST_P(Conditions, conditions_speak_of_the_stream_before_the_commit) {
    Commit commit;
    commit.append("a-1", Expected::none(), {fact("X")}).append("a-1", Expected::none(), {fact("Y")});
    EXPECT_TRUE(store().append(std::move(commit)));
    EXPECT_EQ(store().stream("a-1").value()->last, Revision{1});
}

TEST_P(Conditions, of_many_at_once_exactly_one_makes_the_stream) {
    for (int round = 0; round < 20; ++round) {
        const std::string stream = "race-" + std::to_string(round);
        std::atomic<int> won = 0;
        std::atomic<int> lost = 0;
        in_parallel(8, [&](int) {
            const auto outcome = store().append(Commit{}.append(stream, Expected::none(), {fact("Made")}));
            if (outcome) {
                ++won;
            } else if (outcome.error().code == Code::aborted && outcome.error().conflict->actual == Revision{0}) {
                ++lost;
            }
        });
        EXPECT_EQ(won, 1);
        EXPECT_EQ(lost, 7);
    }
}

TEST_P(Conditions, counters_with_exact_revisions_lose_no_increment) {
    static constexpr int threads = 8;
    static constexpr int increments = 25;
    in_parallel(threads, [&](int) {
        for (int done = 0; done < increments;) {
            const auto head = store().stream("counter-1").value();
            const Expected expected = head ? Expected::exact(head->last) : Expected::none();
            const auto value = head ? head->last.value + 1 : 0;
            const auto outcome =
                store().append(Commit{}.append("counter-1", expected, {fact("Counted", std::to_string(value))}));
            if (outcome) {
                EXPECT_EQ(outcome->streams.at(0).last, Revision{value});
                ++done;
            } else {
                ASSERT_EQ(outcome.error().code, Code::aborted) << outcome.error();
            }
        }
    });
    const auto events = read_all(store(), {.source = Stream{"counter-1"}});
    ASSERT_EQ(events.size(), static_cast<std::size_t>(threads * increments));
    for (std::size_t n = 0; n < events.size(); ++n) EXPECT_EQ(events[n].given.data, std::to_string(n));
}

// Two streams may not both exist: each writer makes its own on condition that the other is absent.
TEST_P(Conditions, a_condition_on_a_stream_not_written_excludes_write_skew) {
    for (int round = 0; round < 30; ++round) {
        const std::string left = "left-" + std::to_string(round);
        const std::string right = "right-" + std::to_string(round);
        std::atomic<int> won = 0;
        in_parallel(2, [&](int thread) {
            const auto& mine = thread == 0 ? left : right;
            const auto& other = thread == 0 ? right : left;
            if (attempt(mine, other, Expected::none())) ++won;
        });
        EXPECT_EQ(won, 1);
    }
}

// Transfers between accounts at once, two streams in one commit: the sum of all events stays zero at every position.
TEST_P(Conditions, commits_of_two_streams_never_tear) {
    in_parallel(4, [&](int thread) {
        for (int n = 0; n < 50; ++n) {
            const std::string from = "account-" + std::to_string((thread + n) % 3);
            const std::string to = "account-" + std::to_string((thread + n + 1) % 3);
            Commit commit;
            commit.append(from, Expected::any(), {fact("Moved", "-" + std::to_string(n))});
            commit.append(to, Expected::any(), {fact("Moved", std::to_string(n))});
            EXPECT_TRUE(store().append(std::move(commit)));
            int sum = 0;
            for (const Seen& event : read_all(store())) sum += std::stoi(event.given.data);
            EXPECT_EQ(sum, 0);
        }
    });
    EXPECT_EQ(store().head(), Position{400});
}

// In flight at once, most commits share a group: each must see the ones before it in its own group.
TEST_P(Conditions, hold_against_commits_of_the_same_group) {
    static constexpr int commits = 300;
    Outcomes outcomes;
    for (int n = 0; n < commits; ++n) {
        const Expected expected =
            n == 0 ? Expected::none() : Expected::exact(Revision{static_cast<std::uint64_t>(n) - 1});
        store().append(Commit{}.append("a-1", expected, {fact("Happened")}), outcomes.next());
        store().append(Commit{}.append("a-1", Expected::none(), {fact("Never")}), outcomes.next());
    }
    const auto all = outcomes.wait();
    ASSERT_EQ(all.size(), 2U * commits);
    int happened = 0;
    for (std::size_t n = 0; n < all.size(); ++n) {
        happened += all[n].ok() ? 1 : 0;
        EXPECT_EQ(all[n].ok(), n % 2 == 0) << n << ": " << all[n];
    }
    EXPECT_EQ(happened, commits);
    EXPECT_EQ(store().head(), Position{commits});
}

}  // namespace
}  // namespace varve::conformance
