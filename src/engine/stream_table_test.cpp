#include "engine/stream_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace varve::engine {
namespace {

constexpr std::size_t plenty = 1 << 20;

index::Entry entry(const char* stream, std::uint64_t position) {
    return {.position = Position{position}, .revision = Revision{0}, .stream = stream};
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

TEST(StreamTable, TheTailHoldsWhatTheIndexLacks) {
    StreamTable table(plenty);
    table.learn("s", {.last = Revision{4}, .last_position = Position{9}});
    EXPECT_FALSE(table.tail("s").has_value());
    table.add("s", Revision{5}, Position{20}, 1);
    table.add("s", Revision{6}, Position{30}, 2);

    auto tail = table.tail("s");
    ASSERT_TRUE(tail.has_value());
    EXPECT_EQ(tail->first, Revision{5});
    EXPECT_EQ(tail->positions, (std::vector{Position{20}, Position{30}, Position{31}}));

    const std::vector indexed{entry("s", 20), entry("other", 25)};
    table.indexed(indexed, Position{30});
    tail = table.tail("s");
    ASSERT_TRUE(tail.has_value());
    EXPECT_EQ(tail->first, Revision{6});
    EXPECT_EQ(tail->positions, (std::vector{Position{30}, Position{31}}));

    table.indexed(Position{32});
    EXPECT_FALSE(table.tail("s").has_value());
    EXPECT_EQ(table.head("s")->last, Revision{7}) << "the head stays known";
}

TEST(StreamTable, ForgetsTheOldestUseButNeverWhatTheIndexLacks) {
    StreamTable table(8);
    table.learn("unindexed", {});
    table.add("unindexed", Revision{0}, Position{0}, 1);
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

TEST(StreamTable, UseKeepsAStreamYoung) {
    StreamTable table(8);
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
    EXPECT_EQ(table.tail("both")->positions.size(), 2U);
    EXPECT_FALSE(table.head("new").has_value()) << "the index is asked again";
    EXPECT_FALSE(table.head("indexed").has_value()) << "the index is asked again";
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
    EXPECT_TRUE(table.unindexed("", "a-2", Position{4}).empty()) << "b-1 is not committed yet";
}

}  // namespace
}  // namespace varve::engine
