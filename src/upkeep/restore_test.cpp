#include "upkeep/restore.hpp"

#include "upkeep/test_support.hpp"

namespace varve::upkeep {
namespace {

class RestoreTest : public UpkeepTest {
protected:
    CopyReport restored(const io::Path& target, const Until& until = {}) const {
        auto report = restore(environment(), "backup", target, until, {});
        EXPECT_TRUE(report.ok()) << report.error();
        return report.ok() ? *report : CopyReport{};
    }
    [[nodiscard]] Error refused(const io::Path& target, const Until& until = {}) const {
        const auto report = restore(environment(), "backup", target, until, {});
        EXPECT_FALSE(report.ok());
        return report.ok() ? Error{} : report.error();
    }
    static Timestamp at(int second) { return Timestamp(std::chrono::seconds(second)); }
};

TEST_F(RestoreTest, makes_a_store_of_its_own_with_the_same_history) {
    fill("store", 20);
    const BackupReport saved = backed_up("store", "backup");
    const CopyReport report = restored("again");
    EXPECT_EQ(report.events, 80U);
    EXPECT_EQ(report.digest, saved.digest);
    EXPECT_EQ(report.segments, saved.segments);
    EXPECT_EQ(report.shared, 0U);
    EXPECT_NE(report.id, report.origin);
    const VerifyReport whole = verified("again");
    EXPECT_TRUE(whole.findings.empty());
    EXPECT_EQ(whole.digest, saved.digest);
    const auto log = open("again");
    EXPECT_EQ(log->id(), report.id);
    EXPECT_EQ(report.origin, open("store")->id());
    EXPECT_EQ(log->epoch(), 2U);
    EXPECT_EQ(log->commits(), 40U);
    ASSERT_TRUE(log->close().ok());
    expect_store("again", 80);
    EXPECT_FALSE(files_->exists("again/INCOMPLETE").value());
}

TEST_F(RestoreTest, ends_between_any_two_commits_and_nowhere_else) {
    fill("store", 9);
    backed_up("store", "backup");
    for (std::uint64_t position = 0; position <= 36; ++position) {
        SCOPED_TRACE("position " + std::to_string(position));
        const io::Path target = "at-" + std::to_string(position);
        if (position % 2 == 1) {
            const Error error = refused(target, {.position = Position{position}});
            EXPECT_EQ(error.code, Code::invalid_argument);
            EXPECT_NE(error.message.find("end at position " + std::to_string(position - 1) + ", before it, or " +
                                         std::to_string(position + 1) + ", after it"),
                      std::string::npos)
                << error;
            continue;
        }
        const CopyReport report = restored(target, {.position = Position{position}});
        EXPECT_EQ(report.events, position);
        // Where a block ends, history is the same one, byte for byte.
        if (position % 4 == 0 && position > 0) {
            EXPECT_FALSE(log::verify(*files_, "store", {.expect = {report.digest}})->changed());
        }
        expect_store(target, position);
    }
    EXPECT_EQ(refused("beyond", {.position = Position{37}}).code, Code::out_of_range);
    EXPECT_EQ(refused("both", {.position = Position{4}, .time = at(1)}).code, Code::invalid_argument);
}

TEST_F(RestoreTest, ends_at_any_moment) {
    fill("store", 9);
    backed_up("store", "backup");
    for (int second = 0; second <= 11; ++second) {
        SCOPED_TRACE("second " + std::to_string(second));
        const io::Path target = "at-" + std::to_string(second);
        const auto events = static_cast<std::uint64_t>(4 * std::min(second, 9));
        EXPECT_EQ(restored(target, {.time = at(second)}).events, events);
        expect_store(target, events);
    }
}

TEST_F(RestoreTest, never_takes_a_segment_of_the_old_store) {
    fill("store", 20);
    backed_up("store", "backup");
    restored("again");
    const std::string segment = log::segment_name(Position{0});
    copy_file("store/" + segment, "again/" + segment);
    const auto log = log::SegmentLog::open(environment(), {.folder = "again"});
    ASSERT_FALSE(log.ok());
    EXPECT_EQ(log.error().code, Code::data_loss);
    EXPECT_NE(log.error().message.find("another store"), std::string::npos) << log.error();
}

TEST_F(RestoreTest, refuses_what_is_no_backup_and_a_target_that_is_not_empty) {
    fill("store", 3);
    EXPECT_EQ(refused("again").code, Code::not_found);
    ASSERT_TRUE(files_->create_directories("backup").ok());
    EXPECT_EQ(refused("again").code, Code::failed_precondition);
    backed_up("store", "backup");
    const Error error = refused("store");
    EXPECT_EQ(error.code, Code::failed_precondition);
    EXPECT_NE(error.message.find("choose an empty or a new folder"), std::string::npos);
    EXPECT_EQ(verified("store").events, 12U);
    const auto opened = log::SegmentLog::open(environment(), {.folder = "backup"});
    ASSERT_FALSE(opened.ok());
    EXPECT_NE(opened.error().message.find("is a backup, not a store"), std::string::npos) << opened.error();
}

TEST_F(RestoreTest, refuses_a_damaged_backup_and_names_the_file) {
    fill("store", 20);
    backed_up("store", "backup");
    std::string kept;
    for (const std::string& name : files_->list("backup").value())
        if (name.starts_with("seg-") && kept.empty()) kept = name;
    files_->flip_bit("backup/" + kept, 8 * (log::segment_header_bytes + 300));
    const Error error = refused("again");
    EXPECT_EQ(error.code, Code::data_loss);
    EXPECT_NE(error.message.find("'backup/" + kept + "' is damaged at offset 4096"), std::string::npos) << error;
    const auto opened = log::SegmentLog::open(environment(), {.folder = "again"});
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, Code::failed_precondition);
    EXPECT_NE(opened.error().message.find("was interrupted"), std::string::npos) << opened.error();
    EXPECT_EQ(log::verify(*files_, "again").error().code, Code::failed_precondition);
}

TEST_F(RestoreTest, that_was_interrupted_goes_on_and_another_begins_anew) {
    fill("store", 40);
    backed_up("store", "backup");
    files_->plan({.call = 120, .for_ever = true});
    EXPECT_EQ(refused("again").code, Code::unavailable);
    files_->kill();
    const auto half = files_->list("again").value();
    const auto segments = static_cast<std::uint64_t>(std::ranges::count_if(half, log::is_segment_name));
    ASSERT_GT(segments, 1U);
    const CopyReport report = restored("again");
    EXPECT_EQ(report.events, 160U);
    std::uint64_t all = 0;
    for (const std::string& name : files_->list("again").value()) {
        if (log::is_segment_name(name))
            all += files_->open("again" / io::Path(name), io::OpenMode::read).value()->size().value();
    }
    EXPECT_LT(report.bytes_copied, all);
    expect_store("again", 160);

    files_->plan({.call = 120, .for_ever = true});
    EXPECT_EQ(refused("other").code, Code::unavailable);
    files_->kill();
    EXPECT_EQ(restored("other", {.position = Position{40}}).events, 40U);
    expect_store("other", 40);
}

TEST_F(RestoreTest, is_whole_or_no_store_wherever_the_power_fails) {
    const auto prepare = [&] {
        second_ = 0;
        fill("store", 8);
        backed_up("store", "backup");
    };
    const Until until{.position = Position{26}};
    const auto work = [&] { return restore(environment(), "backup", "again", until, {}).ok(); };
    const auto check = [&] {
        const auto log = log::SegmentLog::open(environment(), {.folder = "again", .create = false, .read_only = true});
        if (!log) {
            EXPECT_TRUE(log.error().code == Code::failed_precondition || log.error().code == Code::not_found)
                << log.error();
            EXPECT_EQ(restored("again", until).events, 26U);
        }
        expect_store("again", 26);
    };
    cut_power_at_every_call(prepare, work, check);
    fail_every_call(prepare, work, check);
}

}  // namespace
}  // namespace varve::upkeep
