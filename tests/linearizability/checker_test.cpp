// The checker accepts a right history and finds what is wrong with each of the others.
#include "linearizability/checker.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace varve::linearizability {
namespace {

Append acknowledged(Moment invoked, Moment answered, std::uint64_t first, const std::vector<std::string>& data,
                    const std::string& stream = "s-1") {
    Append append{.invoked = invoked, .answered = answered, .commit = {}, .outcome = Outcome::acknowledged};
    for (const std::string& each : data) append.commit.events.push_back({.stream = stream, .type = "T", .data = each});
    append.first = Position{first};
    return append;
}

Seen seen(std::uint64_t position, std::uint64_t revision, const std::string& data, const std::string& stream = "s-1") {
    return {.position = Position{position}, .revision = Revision{revision}, .stream = stream, .data = data};
}

Append conflicting(Moment invoked, Moment answered, Expected expected, std::optional<Revision> actual) {
    Append append = acknowledged(invoked, answered, 0, {"refused"});
    append.outcome = Outcome::conflict;
    append.commit.conditions.emplace_back(StreamIs{"s-1", expected});
    append.conflict = Conflict{.stream = "s-1", .expected = expected, .actual = actual};
    return append;
}

/// Three commits: a b | c | d, the last in another stream, one after the other in time.
class Checking : public ::testing::Test {
protected:
    Checking() {
        history_.appends = {acknowledged(1, 10, 0, {"a", "b"}), acknowledged(11, 20, 2, {"c"}),
                            acknowledged(21, 30, 3, {"d"}, "t-1")};
        history_.end = {seen(0, 0, "a"), seen(1, 1, "b"), seen(2, 2, "c"), seen(3, 0, "d", "t-1")};
    }
    void expect_fault(const std::string& part) {
        const auto faults = faults_of(history_);
        ASSERT_FALSE(faults.empty()) << "nobody noticed: " << part;
        EXPECT_NE(faults.front().find(part), std::string::npos) << faults.front();
    }
    void expect_right() { EXPECT_EQ(faults_of(history_), std::vector<std::string>{}); }
    [[nodiscard]] std::vector<Seen> first(std::ptrdiff_t count) const {
        return {history_.end.begin(), history_.end.begin() + count};
    }

    History history_;
};

TEST_F(Checking, ARightHistoryIsRight) {
    history_.reads = {{2, 3, "", {}}, {2, 3, "", first(2)}, {12, 14, "", first(3)}, {31, 32, "t-1", {history_.end[3]}}};
    history_.deliveries = {{"", Position{1}, {{15, history_.end[1]}, {16, history_.end[2]}}}};
    history_.appends.push_back(conflicting(12, 19, Expected::none(), Revision{1}));
    history_.appends.push_back(conflicting(12, 19, Expected::none(), Revision{2}));
    Append lost = acknowledged(5, never, 0, {"never seen"});
    lost.outcome = Outcome::unknown;
    history_.appends.push_back(lost);
    expect_right();
}

TEST_F(Checking, AnUnknownCommitMayBeThere) {
    history_.appends[1].outcome = Outcome::unknown;
    history_.appends[1].answered = never;
    expect_right();
}

TEST_F(Checking, ALostCommit) {
    history_.end.pop_back();
    expect_fault("acknowledged and gone");
}
TEST_F(Checking, AnInventedEvent) {
    history_.end.push_back(seen(4, 3, "x"));
    expect_fault("nobody appended");
}
TEST_F(Checking, ARepeatedCommit) {
    history_.end.push_back(seen(4, 3, "c"));
    expect_fault("twice");
}
TEST_F(Checking, ATornCommit) {
    history_.end.erase(history_.end.begin() + 1);
    history_.end[1] = seen(1, 1, "c");
    history_.end[2].position = Position{2};
    expect_fault("torn");
}
TEST_F(Checking, SwappedEvents) {
    std::swap(history_.end[0].data, history_.end[1].data);
    EXPECT_FALSE(faults_of(history_).empty());
}
TEST_F(Checking, AGap) {
    history_.end[3].position = Position{4};
    expect_fault("gap");
}
TEST_F(Checking, AWrongRevision) {
    history_.end[2].revision = Revision{3};
    expect_fault("revision");
}
TEST_F(Checking, AWrongReceipt) {
    history_.appends[1].first = Position{3};
    expect_fault("was acknowledged at position 3 and lies at position 2");
}
TEST_F(Checking, ARefusedCommitThatIsThere) {
    history_.appends[1].outcome = Outcome::refused;
    expect_fault("refused lies at");
}
TEST_F(Checking, AnOrderAgainstTime) {
    history_.appends[0].invoked = 22;
    history_.appends[0].answered = 25;
    expect_fault("was answered before");
}
TEST_F(Checking, AConditionThatDidNotHold) {
    history_.appends[1].commit.conditions.emplace_back(StreamIs{"s-1", Expected::exact(Revision{0})});
    expect_fault("happened all the same");
    history_.appends[1].commit.conditions = {StreamIs{"s-1", Expected::exact(Revision{1})}};
    expect_right();
}
TEST_F(Checking, AConflictOfThePast) {
    history_.appends.push_back(conflicting(31, 32, Expected::exact(Revision{2}), Revision{1}));
    expect_fault("not so at any moment");
}
TEST_F(Checking, AConflictOfTheFuture) {
    history_.appends.push_back(conflicting(3, 5, Expected::none(), Revision{2}));
    expect_fault("not so at any moment");
}
TEST_F(Checking, AConflictThatIsNone) {
    history_.appends.push_back(conflicting(12, 19, Expected::exact(Revision{2}), Revision{2}));
    expect_fault("is what was expected");
}
TEST_F(Checking, AConflictWithHalfACommit) {
    history_.appends.push_back(conflicting(1, 40, Expected::none(), Revision{0}));
    expect_fault("half a commit");
}
TEST_F(Checking, AQueryConditionThatDidNotHold) {
    history_.appends[0].commit.events[1].tags = {"red"};
    history_.appends[2].commit.conditions.emplace_back(NoEventMatches{.query = {.items = {{.tags = {"red"}}}}});
    expect_fault("matches its query");
    history_.appends[2].commit.conditions = {NoEventMatches{{.items = {{.tags = {"red"}}}}, Position{1}}};
    expect_right();
}
TEST_F(Checking, AQueryConflict) {
    history_.appends[1].commit.events[0].tags = {"red"};
    Append refused = acknowledged(12, 25, 0, {"refused"});
    refused.outcome = Outcome::conflict;
    refused.commit.conditions.emplace_back(NoEventMatches{.query = {.items = {{.tags = {"red"}}}}});
    refused.conflict = Conflict{.found = Position{2}};
    history_.appends.push_back(refused);
    expect_right();
    history_.appends.back().conflict->found = Position{1};
    expect_fault("is another");
    history_.appends.back().conflict->found = Position{2};
    history_.appends.back().answered = 5;
    expect_fault("not there before");
}
TEST_F(Checking, AReadThatMissesWhatWasKnown) {
    history_.reads = {{25, 26, "", first(2)}};
    expect_fault("misses what was known");
}
TEST_F(Checking, AReadThatGoesBackBehindAnother) {
    history_.appends[2].answered = never;
    history_.appends[2].outcome = Outcome::unknown;
    history_.reads = {{31, 32, "", first(4)}, {33, 34, "", first(3)}};
    expect_fault("misses what was known");
}
TEST_F(Checking, AReadOfTheFuture) {
    history_.reads = {{12, 14, "", first(4)}};
    expect_fault("begun after its end");
}
TEST_F(Checking, AReadOfHalfACommit) {
    history_.reads = {{2, 4, "", first(1)}};
    expect_fault("half a commit");
}
TEST_F(Checking, AReadWithAHole) {
    history_.reads = {{31, 32, "", {history_.end[0], history_.end[2]}}};
    expect_fault("no prefix");
}
TEST_F(Checking, ASubscriptionWithAGap) {
    history_.deliveries = {{"", Position{0}, {{40, history_.end[0]}, {41, history_.end[2]}}}};
    expect_fault("out of order");
}
TEST_F(Checking, ASubscriptionThatRepeats) {
    history_.deliveries = {{"t-1", Position{0}, {{40, history_.end[3]}, {41, history_.end[3]}}}};
    expect_fault("more than there is");
}
TEST_F(Checking, ASubscriptionAheadOfItsTime) {
    history_.deliveries = {{"", Position{2}, {{5, history_.end[2]}}}};
    expect_fault("ahead of its time");
}

}  // namespace
}  // namespace varve::linearizability
