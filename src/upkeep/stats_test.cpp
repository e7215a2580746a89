#include "upkeep/stats.hpp"

#include <numeric>

#include "upkeep/test_support.hpp"

namespace varve::upkeep {
namespace {

class StatsTest : public UpkeepTest {
protected:
    StoreStats counted(const StatsOptions& options = {}) const {
        auto counted = upkeep::stats(environment(), "store", options);
        EXPECT_TRUE(counted.ok()) << counted.error();
        return counted.ok() ? *counted : StoreStats{};
    }
};

TEST_F(StatsTest, counts_what_there_is) {
    fill("store", 30);
    const StoreStats stats = counted();
    EXPECT_EQ(stats.events, 120U);
    EXPECT_EQ(stats.commits, 60U);
    std::uint64_t bytes = 0;
    for (std::uint64_t i = 0; i < 120; ++i) bytes += log::data_of(Position{i}).size();
    EXPECT_EQ(stats.data_bytes, bytes);
    EXPECT_EQ(stats.metadata_bytes, 0U);
    ASSERT_EQ(stats.categories.size(), 1U);
    EXPECT_EQ(stats.categories[0].name, "test");
    EXPECT_EQ(stats.categories[0].events, 120U);
    EXPECT_EQ(stats.types.at(0).name, "Tested");
    EXPECT_EQ(stats.types.at(0).bytes, bytes);
    EXPECT_TRUE(stats.tags.empty());
    EXPECT_EQ(stats.size_max, 45U);
    EXPECT_EQ(stats.size_50, 31U);
    EXPECT_EQ(stats.size_99, 45U);
    const auto events = [](std::uint64_t sum, const StoreStats::Span& span) { return sum + span.events; };
    EXPECT_EQ(std::accumulate(stats.spans.begin(), stats.spans.end(), std::uint64_t{0}, events), 120U);
    EXPECT_EQ(stats.spans.size(), 24U);
    EXPECT_EQ(stats.segments.back().next, Position{120});
    EXPECT_EQ(stats.dead_bytes, 0U);
}

TEST_F(StatsTest, of_an_empty_store_are_nought) {
    fill("store", 0);
    const StoreStats stats = counted();
    EXPECT_EQ(stats.events, 0U);
    EXPECT_TRUE(stats.spans.empty());
    EXPECT_EQ(stats.size_99, 0U);
}

TEST_F(StatsTest, sums_up_the_names_that_are_not_told_apart) {
    fill("store", 3);
    const StoreStats stats = counted({.names = 0, .spans = 1, .watch = {}});
    EXPECT_TRUE(stats.types.empty());
    EXPECT_EQ(stats.other_types.events, 12U);
    ASSERT_EQ(stats.spans.size(), 1U);
    EXPECT_EQ(stats.spans[0].events, 12U);
}

TEST_F(StatsTest, weigh_what_serves_nothing_any_more) {
    fill("store", 3);
    ASSERT_TRUE(files_->create_directories("store/quarantine").ok());
    const auto torn = files_->open("store/quarantine/a.torn", io::OpenMode::create_new).value();
    ASSERT_TRUE(torn->write(0, std::string(1234, 'x')).ok());
    EXPECT_EQ(counted().dead_bytes, 1234U);
}

TEST_F(StatsTest, end_when_somebody_says_stop) {
    fill("store", 3);
    const auto stopped =
        upkeep::stats(environment(), "store", {.watch = {.progress = {}, .stop = [] { return true; }}});
    ASSERT_FALSE(stopped.ok());
    EXPECT_EQ(stopped.error().code, Code::cancelled);
}

}  // namespace
}  // namespace varve::upkeep
