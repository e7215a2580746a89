#include "engine/retention.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/index_opening.hpp"
#include "io/environment.hpp"
#include "varve/store.hpp"

namespace varve::engine {
namespace {

/// A store that is written, closed, and then asked through its log and its index what a compaction may take.
class RetentionTest : public ::testing::Test {
protected:
    RetentionTest() {
        std::string name = (std::filesystem::temp_directory_path() / "varve-retention-XXXXXX").string();
        folder_ = mkdtemp(name.data());
        store_.emplace(varve::open(path()).value());
    }
    ~RetentionTest() override {
        store_.reset();
        std::filesystem::remove_all(folder_);
    }

    [[nodiscard]] std::string path() const { return (folder_ / "store").string(); }
    void fill(const std::string& stream, int events) {
        for (int n = 0; n < events; ++n) {
            ASSERT_TRUE(store_->append(Commit{}.append(stream, Expected::any(), {{.stream = {}, .type = "Happened"}})));
        }
    }

    /// `k` kept, `h` hollow, `g` gone: the fates of a stream's events below `end`, in their order.
    std::map<std::string, std::string> fates(std::optional<Position> end = {}) {
        EXPECT_TRUE(store_->close());
        const io::Environment environment = io::real_environment();
        auto log = log::SegmentLog::open(environment, {.folder = path(), .create = false, .read_only = true}).value();
        auto index = open_index_to_read(*completed({}, path()).index, *log).value();
        Catalog catalog(index.index, index.watermark.next, 1 << 10, past_of(log));
        EXPECT_TRUE(add_rest(*log->read(index.watermark.sequence).value(), catalog));
        EXPECT_TRUE(catalog.look_for_rules());
        const Position until = end.value_or(log->head().next);
        Removal removal(*log, catalog, until, *environment.clock);
        std::map<std::string, std::string> fates;
        log::EventReader reader(*log);
        for (Position position; position < until; ++position) {
            const Event& event = *reader.at(position).value();
            fates[std::string(event.stream)] += "khg"[static_cast<int>(removal.fate(event).value())];
        }
        EXPECT_TRUE(log->close());
        store_.emplace(varve::open(path()).value());
        return fates;
    }

    std::filesystem::path folder_;
    std::optional<Store> store_;
};

using Fates = std::map<std::string, std::string>;

TEST_F(RetentionTest, WithoutSettingsEverythingIsKept) {
    fill("a-1", 3);
    EXPECT_EQ(fates(), (Fates{{"a-1", "kkk"}}));
}

TEST_F(RetentionTest, WhatReadsDoNotShowMayGoButTheLastPlaceOfAStream) {
    for (const char* stream : {"counted-1", "cut-1", "deleted-1", "ended-1", "plain-1"}) fill(stream, 4);
    ASSERT_TRUE(store_->keep("counted-1", {.max_count = 1}));
    ASSERT_TRUE(store_->keep("cut-1", {.truncate_before = Revision{1}}));
    ASSERT_TRUE(store_->keep("cut-1", {.truncate_before = Revision{2}}));
    ASSERT_TRUE(store_->remove("deleted-1"));
    ASSERT_TRUE(store_->keep("ended-1", {.max_count = 1}));
    ASSERT_TRUE(store_->tombstone("ended-1"));
    const Fates expected{{"counted-1", "gggk"}, {"cut-1", "ggkk"},    {"deleted-1", "gggh"},
                         {"ended-1", "gggg"},   {"plain-1", "kkkk"},  {"$$counted-1", "k"},
                         {"$$cut-1", "gk"},     {"$$deleted-1", "k"}, {"$$ended-1", "gk"}};
    EXPECT_EQ(fates(), expected);
    fill("deleted-1", 1);
    EXPECT_EQ(fates().at("deleted-1"), "ggggk") << "the old last place is not needed any more";
}

TEST_F(RetentionTest, SettingsBeyondTheEndDoNotExist) {
    fill("a-1", 4);
    ASSERT_TRUE(store_->keep("a-1", {.truncate_before = Revision{1}}));
    const Position end = store_->head();
    fill("a-1", 2);
    ASSERT_TRUE(store_->remove("a-1"));
    EXPECT_EQ(fates(end), (Fates{{"a-1", "gkkk"}, {"$$a-1", "k"}}));
    EXPECT_EQ(fates(), (Fates{{"a-1", "gggggh"}, {"$$a-1", "gk"}}));
}

// Whatever may go as of one place may go as of every later one, however the settings are tightened meanwhile.
TEST_F(RetentionTest, AFateOnlyEverMovesOneWay) {
    fill("a-1", 2);
    ASSERT_TRUE(store_->keep("a-1", {.max_count = 3}));
    fill("a-1", 3);
    ASSERT_TRUE(store_->keep("a-1", {.max_count = 2}));
    ASSERT_TRUE(store_->remove("a-1"));
    fill("a-1", 2);
    ASSERT_TRUE(store_->keep("a-1", {.max_count = 1}));
    ASSERT_TRUE(store_->tombstone("a-1"));
    Fates before;
    for (Position end{1}; end <= store_->head(); ++end) {
        const Fates now = fates(end);
        for (const auto& [stream, was] : before) {
            for (std::size_t n = 0; n < was.size(); ++n) {
                const std::string_view order = "khg";
                EXPECT_LE(order.find(was[n]), order.find(now.at(stream)[n])) << stream << " " << n << " at " << end;
            }
        }
        before = now;
    }
    EXPECT_EQ(before.at("a-1"), "ggggggg");
}

}  // namespace
}  // namespace varve::engine
