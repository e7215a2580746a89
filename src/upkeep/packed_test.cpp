/// Copies of a store whose segments are packed, and what a person is told of them.
#include "log/compaction.hpp"
#include "upkeep/explain.hpp"
#include "upkeep/fork.hpp"
#include "upkeep/restore.hpp"
#include "upkeep/test_support.hpp"

namespace varve::upkeep {
namespace {

class PackedStoreTest : public UpkeepTest {
protected:
    /// With packed segments, and at least one behind them that is not.
    void fill_packed(const io::Path& folder, int blocks) {
        const auto log = open(folder);
        append(*log, blocks);
        const auto report = log->compact({.end = log->head().next,
                                          .judge = {},
                                          .options = {.compression = Compression::zstd},
                                          .page_bytes = log::page_bytes_min});
        ASSERT_TRUE(report.ok()) << report.error();
        ASSERT_GT(report->rewritten, 1U);
        append(*log, 3);
        ASSERT_TRUE(log->close().ok());
    }
};

TEST_F(PackedStoreTest, is_backed_up_and_restored_anywhere) {
    fill_packed("store", 60);
    EXPECT_EQ(backed_up("store", "backup").events, 252U);
    EXPECT_EQ(verified_backup("backup").events, 252U);
    for (std::uint64_t position = 0; position <= 252; position += 12) {
        SCOPED_TRACE(position);
        const io::Path target = "restored-" + std::to_string(position);
        const auto report = restore(environment(), "backup", target, {.position = Position{position}}, {});
        ASSERT_TRUE(report.ok()) << report.error();
        expect_store(target, position);
    }
}

TEST_F(PackedStoreTest, is_forked_anywhere) {
    fill_packed("store", 60);
    for (std::uint64_t position = 0; position <= 252; position += 12) {
        SCOPED_TRACE(position);
        const io::Path target = "fork-" + std::to_string(position);
        const auto report = fork(environment(), "store", target, {.position = Position{position}}, {});
        ASSERT_TRUE(report.ok()) << report.error();
        expect_store(target, position);
    }
    expect_store("store", 252);
}

TEST_F(PackedStoreTest, is_explained_byte_by_byte) {
    fill_packed("store", 60);
    for (std::uint64_t position = 0; position < 252; ++position) {
        const auto explanation = explain(*files_, "store", Position{position});
        ASSERT_TRUE(explanation.ok()) << explanation.error();
        EXPECT_TRUE(explanation->wrong.empty()) << explanation->wrong.at(0);
        const auto named = [&](std::string_view part, std::string_view field) {
            return std::ranges::find_if(explanation->fields, [&](const ExplainedBytes& each) {
                return each.part == part && each.field == field;
            });
        };
        ASSERT_NE(named("record", "data"), explanation->fields.end());
        EXPECT_EQ(named("record", "data")->meaning, log::data_of(Position{position}));
        EXPECT_EQ(named("page", "zstd frame") != explanation->fields.end(),
                  named("segment", "bytes of a page") != explanation->fields.end());
    }
    const auto first = explain(*files_, "store", Position{0}).value();
    const auto page = std::ranges::find(first.fields, "page", &ExplainedBytes::part);
    ASSERT_NE(page, first.fields.end());
    files_->flip_bit("store/" + first.file, 8 * (page->offset + page->bytes / 2));
    const auto damaged = explain(*files_, "store", Position{0}).value();
    ASSERT_FALSE(damaged.wrong.empty());
    EXPECT_NE(damaged.wrong.front().find("the page does not fit its checksum"), std::string::npos);
}

}  // namespace
}  // namespace varve::upkeep
