#include "engine/stream_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "varve/selection.hpp"

namespace varve::engine {
namespace {

constexpr std::size_t plenty = 1 << 20;

using Positions = std::vector<Position>;

Positions newest(StreamTable& table, const char* stream, std::uint64_t from = 0, std::uint64_t count = no_limit) {
    Positions positions;
    const auto first = table.newest(stream, Revision{from}, count, positions);
    EXPECT_EQ(first.has_value(), table.place_of(stream, Position{0}).has_value());
    return positions;
}

Revision first_known(StreamTable& table, const char* stream) {
    Positions positions;
    return table.newest(stream, Revision{0}, 0, positions).value();
}

TEST(StreamTable, KnowsNothingOfAStreamUntilItLearns) {
    StreamTable table(plenty);
    EXPECT_FALSE(table.head("s").has_value());

    table.learn("s", {.last = Revision{6}, .last_position = Position{40}});
    ASSERT_TRUE(table.head("s").has_value());
    EXPECT_EQ(table.head("s")->last, Revision{6});

    table.learn("absent", {});
    ASSERT_TRUE(table.head("absent").has_value());
    EXPECT_FALSE(table.head("absent")->last.has_value());
}

TEST(StreamTable, WhatItKnowsIsNewerThanWhatItIsTold) {
    StreamTable table(plenty);
    table.learn("s", {});
    table.add("s", Revision{0}, Position{7}, 2);
    table.learn("s", {});
    EXPECT_EQ(table.head("s")->last, Revision{1});
    EXPECT_EQ(table.head("s")->last_position, Position{8});
}

TEST(StreamTable, KeepsTheNewestEventsOfAStream) {
    StreamTable table(plenty);
    table.learn("s", {.last = Revision{4}, .last_position = Position{9}});
    EXPECT_EQ(first_known(table, "s"), Revision{4});
    table.add("s", Revision{5}, Position{20}, 1);
    table.add("s", Revision{6}, Position{30}, 2);
    EXPECT_EQ(first_known(table, "s"), Revision{4});
    EXPECT_EQ(newest(table, "s"), (Positions{Position{9}, Position{20}, Position{30}, Position{31}}));
    EXPECT_EQ(newest(table, "s", 5, 2), (Positions{Position{20}, Position{30}}));
    EXPECT_TRUE(newest(table, "s", 8).empty());

    table.learn("s", Revision{1}, Positions{Position{2}, Position{4}});
    EXPECT_EQ(first_known(table, "s"), Revision{4}) << "revision 3 would be missing between the two";
    table.learn("s", Revision{2}, Positions{Position{4}, Position{6}});
    EXPECT_EQ(first_known(table, "s"), Revision{2});
    EXPECT_EQ(newest(table, "s", 0, 4), (Positions{Position{4}, Position{6}}));
}

TEST(StreamTable, FindsAPlaceAmongTheNewestEvents) {
    StreamTable table(plenty);
    table.learn("s", {.last = Revision{4}, .last_position = Position{9}});
    table.add("s", Revision{5}, Position{20}, 2);
    EXPECT_EQ(table.place_of("s", Position{9})->found, std::nullopt) << "revision 3 may be there, or before";
    EXPECT_EQ(table.place_of("s", Position{10})->found, Revision{5});
    EXPECT_EQ(table.place_of("s", Position{21})->found, Revision{6});
    EXPECT_EQ(table.place_of("s", Position{22})->found, Revision{7});
    EXPECT_FALSE(table.place_of("absent", Position{0}).has_value());
}

TEST(StreamTable, KeepsAllThatTheIndexLacksAndLittleBeyond) {
    StreamTable table(plenty);
    table.learn("s", {});
    for (std::uint64_t i = 0; i < 1000; ++i) table.add("s", Revision{i}, Position{2 * i}, 1);
    EXPECT_EQ(newest(table, "s").size(), 1000U);
    table.indexed(Position{1990});
    table.add("s", Revision{1000}, Position{2000}, 1);
    const Positions kept = newest(table, "s");
    EXPECT_LT(kept.size(), 20U);
    EXPECT_EQ(kept.back(), Position{2000});
    EXPECT_LE(kept.front(), Position{1990});
}

TEST(StreamTable, ForgetsOldPositionsOfStreamsThatNobodyWritesAnyMore) {
    StreamTable table(plenty);
    static constexpr std::uint32_t many = 1 << 19;
    std::uint64_t next = 0;
    for (const char* name : {"a", "b", "c"}) {
        table.add(name, Revision{0}, Position{next}, many);
        next += many;
        table.indexed(Position{next});
    }
    EXPECT_LT(newest(table, "a").size(), 20U);
    EXPECT_EQ(table.head("a")->last_position, Position{many - 1});
}

TEST(StreamTable, ForgetsTheOldestUseButNeverWhatTheIndexLacks) {
    StreamTable table(8);
    table.indexed(Position{5});
    table.learn("unindexed", {});
    table.add("unindexed", Revision{0}, Position{5}, 1);
    const std::uint64_t generation = table.generation();
    for (int i = 0; i < 100; ++i) {
        table.learn("stream-" + std::to_string(i), {.last = Revision{1}, .last_position = Position{1}});
    }
    EXPECT_GT(table.generation(), generation);
    EXPECT_FALSE(table.head("stream-0").has_value());
    EXPECT_TRUE(table.head("stream-99").has_value());
    ASSERT_TRUE(table.head("unindexed").has_value());
    EXPECT_EQ(table.head("unindexed")->last, Revision{0});
}

TEST(StreamTable, ManyStreamsOfOneCommitComeToBeKnownTogetherThoughNothingElseCanBeForgotten) {
    static constexpr std::size_t capacity = 800;
    StreamTable table(capacity);
    for (std::size_t i = 0; i < capacity; ++i) {
        table.add("unindexed-" + std::to_string(i), Revision{0}, Position{i}, 1);
    }
    const auto all_known = [&table] {
        std::size_t known = 0;
        for (std::size_t i = 0; i < capacity / 4; ++i) known += table.head("new-" + std::to_string(i)) ? 1U : 0U;
        return known == capacity / 4;
    };
    int rounds = 0;
    for (; rounds < 10 && !all_known(); ++rounds) {
        for (std::size_t i = 0; i < capacity / 4; ++i) table.learn("new-" + std::to_string(i), {});
    }
    EXPECT_LE(rounds, 2);
}

TEST(StreamTable, UseKeepsAStreamYoung) {
    StreamTable table(8);
    table.indexed(Position{5});
    table.learn("hot", {.last = Revision{3}, .last_position = Position{3}});
    for (int i = 0; i < 100; ++i) {
        table.learn("stream-" + std::to_string(i), {.last = Revision{1}, .last_position = Position{1}});
        ASSERT_TRUE(table.head("hot").has_value()) << i;
    }
}

TEST(StreamTable, TruncateTakesBackWhatWasNeverWritten) {
    StreamTable table(plenty);
    table.learn("both", {});
    table.add("both", Revision{0}, Position{10}, 3);  // 10, 11 written, 12 not
    table.learn("new", {});
    table.add("new", Revision{0}, Position{13}, 1);
    table.learn("indexed", {.last = Revision{5}, .last_position = Position{2}});
    table.add("indexed", Revision{6}, Position{14}, 1);
    table.learn("untouched", {.last = Revision{1}, .last_position = Position{1}});

    table.truncate(Position{12});

    EXPECT_EQ(table.head("both")->last, Revision{1});
    EXPECT_EQ(table.head("both")->last_position, Position{11});
    EXPECT_EQ(newest(table, "both"), (Positions{Position{10}, Position{11}}));
    EXPECT_FALSE(table.head("new").has_value()) << "the index is asked again";
    EXPECT_EQ(table.head("indexed")->last, Revision{5});
    EXPECT_EQ(table.head("indexed")->last_position, Position{2});
    EXPECT_TRUE(table.head("untouched").has_value());
}

TEST(StreamTable, ListsUnindexedStreamsAsTheyAreCommitted) {
    StreamTable table(plenty);
    for (const char* name : {"a-1", "a-2", "b-1"}) table.learn(name, {});
    table.add("a-1", Revision{0}, Position{0}, 1);
    table.add("a-2", Revision{0}, Position{1}, 3);
    table.add("b-1", Revision{0}, Position{4}, 1);

    auto found = table.unindexed("a-", "", Position{3});
    std::ranges::sort(found, {}, &StreamInfo::name);
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[1].name, "a-2");
    EXPECT_EQ(found[1].last, Revision{1});
    EXPECT_EQ(found[1].last_position, Position{2});
    EXPECT_EQ(table.unindexed("", "a-2", Position{5}).size(), 1U);
    table.indexed(Position{4});
    EXPECT_EQ(table.unindexed("", "", Position{5}).size(), 1U) << "the index lists the others";
    EXPECT_TRUE(table.unindexed("", "a-2", Position{4}).empty()) << "b-1 is not committed yet";
}

}  // namespace
}  // namespace varve::engine
