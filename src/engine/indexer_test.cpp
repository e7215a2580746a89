#include "engine/indexer.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <utility>
#include <vector>

#include "io/environment.hpp"
#include "log/test_support.hpp"

namespace varve::engine {
namespace {

/// An index in memory whose disk fails when told to.
class UnluckyIndex final : public index::Index {
public:
    std::optional<Error> failure;

    [[nodiscard]] Result<index::Watermark> watermark() const override { return inner_->watermark(); }
    Result<> apply(std::span<const index::Entry> entries, const index::Watermark& watermark) override {
        return failure ? Result<>(*failure) : inner_->apply(entries, watermark);
    }
    [[nodiscard]] Result<std::optional<StreamInfo>> stream(std::string_view name) const override {
        return inner_->stream(name);
    }
    Result<> stream_positions(std::string_view name, Revision from, std::uint64_t count,
                              std::vector<Position>& into) const override {
        return inner_->stream_positions(name, from, count, into);
    }
    Result<> term_positions_from(const index::Term& term, Position from, std::uint64_t count,
                                 std::vector<Position>& into) const override {
        return inner_->term_positions_from(term, from, count, into);
    }
    Result<> term_positions_until(const index::Term& term, Position until, std::uint64_t count,
                                  std::vector<Position>& into) const override {
        return inner_->term_positions_until(term, until, count, into);
    }
    [[nodiscard]] Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                                          std::size_t limit) const override {
        return inner_->streams(prefix, after, limit);
    }
    Result<> flush() override { return inner_->flush(); }

private:
    const std::unique_ptr<index::Index> inner_ = index::memory_index();
};

class IndexerTest : public ::testing::Test {
protected:
    IndexerTest() {
        for (int i = 0; i < 10; ++i) EXPECT_TRUE(log::append(*log_, Timestamp{}, 1, 3));
        indexer_.start(*world_.executor);
    }

    log::SimulatedWorld world_;
    std::shared_ptr<log::SegmentLog> log_ =
        log::SegmentLog::open(world_.environment(), {.folder = "store", .segment_bytes = 1 << 20}).value();
    std::shared_ptr<UnluckyIndex> index_ = std::make_shared<UnluckyIndex>();
    std::shared_ptr<Catalog> catalog_ = std::make_shared<Catalog>(index_, Position{0}, 1 << 10);
    std::vector<Result<>> moves_;
    Indexer indexer_{log_, catalog_, index::Watermark{.next = {}, .sequence = 0, .chain = {}, .store_id = log_->id()},
                     [this](const Result<>& outcome) { moves_.push_back(outcome); }};
};

TEST_F(IndexerTest, BringsTheIndexToTheEndOfTheLog) {
    world_.executor->run_periodic();
    EXPECT_EQ(catalog_->watermark(), Position{30});
    EXPECT_EQ(indexer_.watermark().next, Position{30});
    EXPECT_EQ(*catalog_->stream_positions("test-0", Revision{0}, 2), (std::vector{Position{0}, Position{1}}));
    EXPECT_TRUE(moves_.back());
}

TEST_F(IndexerTest, AFullDiskStopsItOnlyUntilThereIsRoom) {
    index_->failure = Error{Code::resource_exhausted, "no room"};
    for (int time = 0; time < 3; ++time) world_.executor->run_periodic();
    EXPECT_EQ(catalog_->watermark(), Position{0});
    EXPECT_EQ(moves_.back().error().code, Code::resource_exhausted);
    EXPECT_FALSE(indexer_.failure());
    EXPECT_EQ(indexer_.finish().error().code, Code::resource_exhausted) << "which loses nothing";

    index_->failure.reset();
    EXPECT_TRUE(log::append(*log_, Timestamp{}, 1, 1));
    EXPECT_TRUE(indexer_.finish());
    EXPECT_EQ(catalog_->watermark(), Position{31});
}

TEST_F(IndexerTest, AnyOtherFailureIsForGoodAndTold) {
    index_->failure = Error{Code::data_loss, "a bad row"};
    world_.executor->run_periodic();
    EXPECT_EQ(moves_.back().error().code, Code::data_loss);
    index_->failure.reset();
    world_.executor->run_periodic();
    EXPECT_EQ(catalog_->watermark(), Position{0});
    ASSERT_TRUE(indexer_.failure());
    EXPECT_NE(indexer_.failure()->message.find("a bad row"), std::string::npos);
}

}  // namespace
}  // namespace varve::engine
