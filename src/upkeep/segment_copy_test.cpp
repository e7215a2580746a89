/// Stores that were compacted, or compressed, are copied, forked, explained and counted like others.
#include "upkeep/segment_copy.hpp"

#include "log/compaction.hpp"
#include "upkeep/explain.hpp"
#include "upkeep/fork.hpp"
#include "upkeep/restore.hpp"
#include "upkeep/stats.hpp"
#include "upkeep/test_support.hpp"

namespace varve::upkeep {
namespace {

log::Leave leave_of(Position position) {
    // Some whole blocks (of 4), some halves of commits, some commits.
    if (position.value % 24 < 8 || position.value % 5 == 0) return log::Leave::nothing;
    return position.value % 7 == 0 ? log::Leave::place : log::Leave::all;
}

class CompactedTest : public UpkeepTest {
protected:
    static void compact(log::SegmentLog& log) {
        const auto report = log.compact({.end = log.head().next, .judge = [](const Event& event) -> Result<log::Leave> {
                                             return leave_of(event.position);
                                         }});
        ASSERT_TRUE(report.ok()) << report.error();
        ASSERT_GT(report->events, 0U);
    }
    void compact(const io::Path& folder) {
        const auto log = open(folder);
        compact(*log);
        ASSERT_TRUE(log->close().ok());
    }
    /// The store opens, holds what is left of so many events, and goes on.
    void expect_left(const io::Path& folder, std::uint64_t events) {
        EXPECT_EQ(verified(folder).events, events);
        const auto log = open(folder);
        ASSERT_TRUE(log);
        EXPECT_EQ(log->head().next, Position{events});
        log::EventReader reader(*log);
        for (Position position; position < Position{events}; ++position) {
            const auto event = reader.at(position);
            ASSERT_TRUE(event.ok()) << event.error();
            ASSERT_EQ(*event != nullptr, leave_of(position) == log::Leave::all) << position.value;
            if (*event != nullptr) {
                EXPECT_EQ((*event)->data, log::data_of(position));
            }
        }
        append(*log, 1);
        ASSERT_TRUE(log->close().ok());
        EXPECT_EQ(verified(folder).events, events + 4);
    }
};

TEST_F(CompactedTest, a_backup_takes_the_new_files_and_lets_the_old_ones_go) {
    fill("store", 40);
    const BackupReport before = backed_up("store", "backup");
    compact("store");
    const std::string digest = verified("store").digest;
    const BackupReport after = backed_up("store", "backup");
    EXPECT_EQ(after.digest, digest);
    EXPECT_EQ(after.digest, before.digest);
    EXPECT_EQ(after.copied, after.segments);
    EXPECT_LT(after.bytes, before.bytes);
    EXPECT_EQ(verified_backup("backup").digest, digest);
    EXPECT_EQ(files_->list("backup")->size(), after.segments + 2) << "BACKUP, LOCK and the segments";
    EXPECT_EQ(backed_up("store", "backup").copied, 0U);
    ASSERT_TRUE(restore(environment(), "backup", "again", {}, {}).ok());
    expect_left("again", 160);
}

TEST_F(CompactedTest, a_backup_does_not_mind_a_compaction_meanwhile) {
    const auto log = open("store");
    append(*log, 60);
    bool compacted = false;
    const auto beside = [&](std::uint64_t, std::uint64_t) {
        if (std::exchange(compacted, true)) return;
        compact(*log);
    };
    for (const bool link : {false, true}) {
        const io::Path target = link ? "linked" : "backup";
        const BackupReport report =
            backed_up("store", target, {.link = link, .watch = {.progress = beside, .stop = {}}});
        EXPECT_TRUE(compacted);
        EXPECT_EQ(report.events, 240U);
        EXPECT_EQ(verified_backup(target).digest, verified("store").digest);
    }
}

TEST_F(CompactedTest, is_restored_and_forked_between_any_two_commits) {
    fill("store", 12);
    compact("store");
    backed_up("store", "backup");
    for (std::uint64_t position = 0; position <= 48; ++position) {
        SCOPED_TRACE("position " + std::to_string(position));
        for (const bool forking : {false, true}) {
            const io::Path target = (forking ? "fork-" : "restore-") + std::to_string(position);
            const Until until{.position = Position{position}};
            const auto made = forking ? upkeep::fork(environment(), "store", target, until, {})
                                      : restore(environment(), "backup", target, until, {});
            if (!made) {
                // Of commits of which nothing is left, the bounds are not known any more.
                ASSERT_EQ(made.error().code, Code::invalid_argument) << made.error();
                ASSERT_TRUE(position % 2 == 1 || (leave_of(Position{position - 1}) == log::Leave::nothing &&
                                                  leave_of(Position{position}) == log::Leave::nothing));
                continue;
            }
            EXPECT_EQ(position % 2, 0U);
            EXPECT_EQ(made->events, position);
            expect_left(target, position);
        }
        if (HasFailure()) return;
    }
}

TEST_F(CompactedTest, a_fork_keeps_what_its_origin_compacts) {
    fill("store", 40);
    ASSERT_TRUE(upkeep::fork(environment(), "store", "fork", {}, {}).ok());
    compact("store");
    expect_store("fork", 160);
    expect_left("store", 160);
}

TEST_F(CompactedTest, is_explained) {
    fill("store", 12);
    compact("store");
    for (Position position; position < Position{48}; ++position) {
        const auto explanation = upkeep::explain(*files_, "store", position);
        ASSERT_TRUE(explanation.ok()) << explanation.error();
        EXPECT_TRUE(explanation->wrong.empty()) << explanation->wrong.at(0);
        const bool has_record =
            std::ranges::any_of(explanation->fields, [](const auto& each) { return each.part == "record"; });
        EXPECT_EQ(has_record, leave_of(position) != log::Leave::nothing) << position.value;
        const bool said = std::ranges::any_of(explanation->fields, [](const auto& each) {
            return each.meaning.find("removed by a compaction") != std::string::npos;
        });
        EXPECT_TRUE(has_record || said) << position.value;
    }
}

TEST_F(CompactedTest, is_counted) {
    fill("store", 40);
    compact("store");
    const auto counted = stats(environment(), "store", {});
    ASSERT_TRUE(counted.ok()) << counted.error();
    EXPECT_EQ(counted->events, 160U);
    std::uint64_t left = 0;
    for (Position position; position < Position{160}; ++position)
        left += leave_of(position) == log::Leave::all ? 1U : 0U;
    EXPECT_EQ(counted->removed, 160 - left);
    EXPECT_EQ(counted->streams, 2U);
    std::uint64_t typed = 0;
    for (const NameCount& type : counted->types) typed += type.events;
    EXPECT_EQ(typed, left);
}

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
