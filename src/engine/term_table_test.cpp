#include "engine/term_table.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <vector>

namespace varve::engine {
namespace {

using After = std::optional<Position>;
using Numbers = std::vector<Position>;
constexpr std::size_t plenty = 1 << 20;

HashedTerm tag(const std::string& name) {
    return HashedTerm({index::TermKind::tag, name});
}

/// Is the check decided, and by which event?
struct Verdict {
    bool decided = false;
    After found;
    friend bool operator==(const Verdict&, const Verdict&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Verdict& verdict) {
        if (!verdict.decided) return out << "ask the index";
        return verdict.found ? out << "found " << *verdict.found : out << "holds";
    }
};

constexpr Verdict ask{};
constexpr Verdict holds{.decided = true, .found = {}};

class TermTableTest : public ::testing::Test {
protected:
    /// The next event, of type "T".
    void add(const std::vector<std::string>& tags) {
        TermUses uses;
        uses.add("s-1", "T", tags);
        table_.add(uses, next_);
        ++next_;
    }
    Verdict decide(const Query& query, After after = {}) {
        const NoEventMatches condition{query, after};
        QueryCheck check(condition, 0);
        const bool decided = table_.decide({&check, 1});
        return {decided, check.found};
    }
    static Query all_of(std::vector<std::string> tags) { return {{{.tags = std::move(tags)}}}; }
    static Verdict at(std::uint64_t position) { return {.decided = true, .found = Position{position}}; }

    /// The index says where the tag was in [from, floor).
    void learn(const std::string& name, std::uint64_t floor, std::uint64_t from, const Numbers& positions) {
        table_.learn({.term = tag(name), .whole_from = Position{floor}}, Position{from}, positions);
    }

    TermTable table_{plenty, Position{0}};
    Position next_;
};

TEST_F(TermTableTest, knows_everything_while_nothing_is_indexed) {
    EXPECT_EQ(decide(all_of({"x"})), holds);
    add({"x"});
    add({"y"});
    add({"x", "y"});
    EXPECT_EQ(decide(all_of({"x"})), at(0));
    EXPECT_EQ(decide(all_of({"x", "y"})), at(2));
    EXPECT_EQ(decide(all_of({"z"})), holds);
    EXPECT_EQ(decide(all_of({"x"}), Position{0}), at(2));
    EXPECT_EQ(decide(all_of({"x"}), Position{2}), holds);
    EXPECT_EQ(decide({{{.types = {"U", "T"}, .tags = {"y"}}}}), at(1));
    EXPECT_EQ(decide({{{.types = {"U"}, .tags = {"y"}}}}), holds);
    EXPECT_EQ(decide({{{.tags = {"x", "y"}}, {.tags = {"y"}}}}), at(1));
}

TEST_F(TermTableTest, asks_the_index_only_for_what_it_never_knew) {
    table_.indexed(Position{2});
    next_ = Position{2};
    add({"y"});
    EXPECT_EQ(decide(all_of({"x"}), Position{1}), holds) << "nothing below the floor is asked for";
    EXPECT_EQ(decide(all_of({"y"}), Position{1}), at(2));
    EXPECT_EQ(decide(all_of({"x"}), Position{0}), ask) << "nobody knows x";
    EXPECT_EQ(decide(all_of({"y"}), Position{0}), ask) << "only what is above the floor is known of y";
    learn("x", 2, 0, {});
    EXPECT_EQ(decide(all_of({"x"})), holds);
    EXPECT_EQ(decide(all_of({"x", "y"})), holds) << "one tag that is nowhere is enough";
    EXPECT_EQ(decide({{{.tags = {"x"}}, {.tags = {"y"}}}}), ask);
    EXPECT_EQ(decide({{{.types = {"U"}, .tags = {"y"}}}}), ask);
    learn("y", 2, 0, {Position{1}});
    EXPECT_EQ(decide(all_of({"y"})), at(1));
    EXPECT_EQ(decide(all_of({"y"}), Position{1}), at(2));
}

TEST_F(TermTableTest, one_position_more_is_enough_to_exclude) {
    table_.indexed(Position{100});
    next_ = Position{100};
    learn("x", 100, 50, {Position{50}});
    EXPECT_EQ(decide(all_of({"x"}), Position{50}), holds);
    EXPECT_EQ(decide(all_of({"x", "y"}), Position{60}), holds);
    EXPECT_EQ(decide(all_of({"x"}), Position{49}), at(50));
    EXPECT_EQ(decide(all_of({"x"}), Position{48}), ask) << "there may be an earlier one, at 49";
}

TEST_F(TermTableTest, what_is_indexed_stays_known_as_far_as_it_is_kept) {
    for (int n = 0; n < 10; ++n) add({"few"});
    for (int n = 0; n < 100; ++n) add({"many"});
    table_.indexed(next_);
    EXPECT_EQ(decide(all_of({"few"})), at(0));
    EXPECT_EQ(decide(all_of({"few"}), Position{9}), holds);
    EXPECT_EQ(decide(all_of({"many"}), Position{109}), holds);
    EXPECT_EQ(decide(all_of({"many"}), Position{93}), at(94));
    EXPECT_EQ(decide(all_of({"many"}), Position{20}), ask);
    const auto tail = table_.tail_from(tag("many"), Position{0}, 1000);
    EXPECT_EQ(tail.whole_from, Position{94});
    EXPECT_EQ(tail.positions.size(), TermTable::kept);
}

TEST_F(TermTableTest, is_told_only_what_is_still_true) {
    add({"x"});
    table_.indexed(Position{1});
    learn("z", 0, 0, {});
    EXPECT_EQ(decide(all_of({"z"})), ask) << "the floor has moved since the index was asked";
    learn("x", 1, 0, {});
    EXPECT_EQ(decide(all_of({"x"})), at(0)) << "the table knows better";
    learn("z", 1, 0, Numbers(TermTable::kept + 1, Position{0}));
    EXPECT_EQ(decide(all_of({"z"})), ask) << "more than it keeps";
}

TEST_F(TermTableTest, truncate_takes_back_what_was_never_written) {
    add({"x"});
    add({"x", "y"});
    table_.truncate(Position{1});
    EXPECT_EQ(decide(all_of({"y"})), holds);
    EXPECT_EQ(decide(all_of({"x"}), Position{0}), holds);
    EXPECT_EQ(decide(all_of({"x"})), at(0));
    next_ = Position{1};
    add({"y"});
    EXPECT_EQ(decide(all_of({"y"})), at(1));
    table_.indexed(Position{2});
    EXPECT_EQ(table_.tail_from(tag("y"), Position{0}, 10).positions, Numbers{Position{1}});
}

TEST_F(TermTableTest, tails_both_ways) {
    table_.indexed(Position{2});
    next_ = Position{2};
    for (int n = 2; n < 6; ++n) add({n % 2 == 0 ? "even" : "odd"});
    const auto from = [&](std::uint64_t position, std::uint64_t count) {
        return table_.tail_from(tag("even"), Position{position}, count).positions;
    };
    const auto until = [&](std::uint64_t position, std::uint64_t count) {
        return table_.tail_until(tag("even"), Position{position}, count).positions;
    };
    EXPECT_EQ(from(0, 9), (Numbers{Position{2}, Position{4}}));
    EXPECT_EQ(from(0, 1), (Numbers{Position{2}}));
    EXPECT_EQ(from(3, 9), (Numbers{Position{4}}));
    EXPECT_EQ(from(5, 9), Numbers{});
    EXPECT_EQ(until(9, 9), (Numbers{Position{4}, Position{2}}));
    EXPECT_EQ(until(3, 9), (Numbers{Position{2}}));
    EXPECT_EQ(until(9, 1), (Numbers{Position{4}}));
    EXPECT_EQ(until(1, 9), Numbers{});
    EXPECT_EQ(table_.tail_until(tag("even"), Position{9}, 9).whole_from, Position{2});
    EXPECT_EQ(table_.tail_until(tag("never"), Position{9}, 9).whole_from, Position{2});
}

TEST(TermTable, ForgetsTheOldestUseButNeverWhatTheIndexLacks) {
    TermTable table(8, Position{0});
    Position next;
    const auto add = [&](const std::string& name) {
        TermUses uses;
        const std::vector<std::string> tags = {name};  // only viewed by `uses`
        uses.add("s-1", "T", tags);
        table.add(uses, next);
        ++next;
    };
    const auto decided = [&](const std::string& name) {
        const NoEventMatches condition{Query{{{.tags = {name}}}}, {}};
        QueryCheck check(condition, 0);
        return table.decide({&check, 1});
    };
    for (int n = 0; n < 100; ++n) add("t" + std::to_string(n));
    for (int n = 0; n < 100; ++n) {
        EXPECT_EQ(table.tail_from(tag("t" + std::to_string(n)), Position{0}, 9).positions.size(), 1U) << n;
    }
    table.indexed(next);
    for (int n = 0; n < 300; ++n)
        table.learn({.term = tag("z" + std::to_string(n)), .whole_from = next}, Position{0}, {});
    EXPECT_FALSE(decided("z0"));
    EXPECT_TRUE(decided("z299"));
}

TEST(TermUses, many_tags_that_come_again_are_not_listed_again) {
    std::vector<NewEvent> events(4000);
    for (NewEvent& event : events) {
        event = {.stream = "s-1", .type = "A"};
        for (int n = 0; n < 20; ++n) event.tags.push_back("t" + std::to_string(n));
    }
    const TermUses uses(events);
    EXPECT_LE(uses.terms().size(), 5000U);
    std::uint64_t counted = 0;
    for (const TermUses::Run& run : uses.runs()) counted += run.count;
    EXPECT_EQ(counted, 4000U * 22);
}

TEST(TermUses, events_of_a_batch_share_their_terms) {
    std::vector<NewEvent> events;
    for (int n = 0; n < 100; ++n) {
        events.push_back({.stream = "s-1", .type = n % 2 == 0 ? "A" : "B", .tags = {"all", "t" + std::to_string(n)}});
    }
    const TermUses uses(events);
    EXPECT_EQ(uses.events(), 100U);
    EXPECT_EQ(uses.terms().size(), 1U + 2U + 1U + 100U);
    std::vector<Position> seen;
    std::size_t counted = 0;
    for (const TermUses::Run& run : uses.runs()) {
        counted += run.count;
        if (uses.terms()[run.term].term.name != "A") continue;
        for (std::uint32_t n = 0; n < run.count; ++n) seen.emplace_back(run.first + n);
    }
    EXPECT_EQ(counted, 400U);
    ASSERT_EQ(seen.size(), 50U);
    for (std::size_t n = 0; n < 50; ++n) EXPECT_EQ(seen[n], Position{2 * n});
}

}  // namespace
}  // namespace varve::engine
