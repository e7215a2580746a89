#include "upkeep/backup.hpp"

#include <algorithm>

#include "upkeep/fork.hpp"
#include "upkeep/manifest.hpp"
#include "upkeep/test_support.hpp"

namespace varve::upkeep {
namespace {

class BackupTest : public UpkeepTest {
protected:
    [[nodiscard]] Error refused(const io::Path& folder, const io::Path& target) const {
        const auto report = backup(environment(), folder, target, {});
        EXPECT_FALSE(report.ok());
        return report.ok() ? Error{} : report.error();
    }
};

TEST_F(BackupTest, holds_everything_and_says_so) {
    fill("store", 20);
    const BackupReport report = backed_up("store", "backup");
    const VerifyReport store = verified("store");
    EXPECT_EQ(report.events, 80U);
    EXPECT_EQ(report.digest, store.digest);
    EXPECT_GT(report.segments, 2U);
    EXPECT_EQ(report.copied, report.segments);
    EXPECT_EQ(report.kept + report.linked, 0U);
    EXPECT_EQ(report.bytes, report.bytes_copied);
    const VerifyReport copy = verified_backup("backup");
    EXPECT_TRUE(copy.findings.empty());
    EXPECT_EQ(copy.digest, store.digest);
    EXPECT_EQ(copy.events, store.events);
    EXPECT_EQ(copy.commits, store.commits);
    EXPECT_EQ(copy.bytes, report.bytes);
}

TEST_F(BackupTest, of_an_empty_store_is_one) {
    fill("store", 0);
    EXPECT_EQ(backed_up("store", "backup").segments, 0U);
    EXPECT_EQ(verified_backup("backup").events, 0U);
    fill("store", 5);
    EXPECT_EQ(backed_up("store", "backup").events, 20U);
}

TEST_F(BackupTest, copies_only_what_is_new_and_keeps_no_old_tail) {
    fill("store", 20);
    const BackupReport first = backed_up("store", "backup");
    const BackupReport again = backed_up("store", "backup");
    EXPECT_EQ(again.kept, first.segments);
    EXPECT_EQ(again.bytes_copied, 0U);
    fill("store", 3);
    const BackupReport second = backed_up("store", "backup");
    EXPECT_EQ(second.kept, first.segments - 1);
    EXPECT_LE(second.copied, 3U);
    EXPECT_EQ(second.events, 92U);
    EXPECT_EQ(verified_backup("backup").digest, verified("store").digest);
    const auto names = files_->list("backup").value();
    EXPECT_EQ(static_cast<std::uint64_t>(std::ranges::count_if(names, is_kept_name)), second.segments);
}

TEST_F(BackupTest, of_a_store_that_is_being_written) {
    const auto log = open("store");
    for (int i = 0; i < 10; ++i) {
        append(*log, 3);
        EXPECT_EQ(backed_up("store", "backup").events, 12U * static_cast<std::uint64_t>(i + 1));
        EXPECT_TRUE(verified_backup("backup").findings.empty());
    }
}

TEST_F(BackupTest, can_share_sealed_segments) {
    const auto log = open("store");
    append(*log, 40);
    const BackupReport report = backed_up("store", "backup", {.link = true});
    EXPECT_EQ(report.linked, report.segments - report.copied);
    EXPECT_GT(report.linked, 2U);
    EXPECT_LE(report.copied, 2U);
    append(*log, 20);
    EXPECT_EQ(backed_up("store", "backup", {.link = true}).events, 240U);
    EXPECT_TRUE(verified_backup("backup").findings.empty());
}

TEST_F(BackupTest, refuses_a_target_that_is_something_else) {
    fill("store", 3);
    ASSERT_TRUE(files_->create_directories("photos").ok());
    ASSERT_TRUE(files_->open("photos/cat.jpg", io::OpenMode::create_new).ok());
    const Error error = refused("store", "photos");
    EXPECT_EQ(error.code, Code::failed_precondition);
    EXPECT_NE(error.message.find("'photos' holds 'cat.jpg'"), std::string::npos) << error;
    fill("other", 3);
    backed_up("other", "backup");
    EXPECT_NE(refused("store", "backup").message.find("a backup of another store"), std::string::npos);
    EXPECT_EQ(refused("store", "other").code, Code::failed_precondition);
    EXPECT_EQ(refused("none", "backup").code, Code::not_found);
}

TEST_F(BackupTest, refuses_to_forget_what_the_store_has_lost) {
    fill("store", 5);
    copy_folder("store", "older");
    fill("store", 5);
    const std::string digest = backed_up("store", "backup").digest;
    EXPECT_NE(refused("older", "backup").message.find("that the store does not have"), std::string::npos);
    fill("older", 8);
    EXPECT_NE(refused("older", "backup").message.find("that the store does not have"), std::string::npos);
    EXPECT_EQ(verified_backup("backup").digest, digest);
}

TEST_F(BackupTest, refuses_a_damaged_store_and_names_the_place) {
    fill("store", 20);
    const std::string segment = log::segment_name(Position{0});
    files_->flip_bit("store/" + segment, 8 * (log::segment_header_bytes + 300));
    const Error error = refused("store", "backup");
    EXPECT_EQ(error.code, Code::data_loss);
    EXPECT_NE(error.message.find("store/" + segment + "' is damaged at offset 4096"), std::string::npos) << error;
    EXPECT_EQ(verify_backup(*files_, "backup", {}).error().code, Code::failed_precondition);
}

TEST_F(BackupTest, refuses_a_segment_of_which_not_even_the_beginning_can_be_read) {
    fill("store", 40);
    const std::string digest = backed_up("store", "backup").digest;
    for (const std::string& name : files_->list("store").value()) {
        if (!log::is_segment_name(name)) continue;
        const std::uint64_t bit = 8 * (log::segment_header_bytes + 24);
        files_->flip_bit("store/" + name, bit);
        EXPECT_EQ(refused("store", "backup").code, Code::data_loss) << name;
        EXPECT_EQ(upkeep::fork(environment(), "store", "fork", {}, {}).error().code, Code::data_loss) << name;
        EXPECT_EQ(verified_backup("backup").digest, digest) << "the backup there is stays what it is";
        EXPECT_FALSE(verified_backup("backup").damaged());
        files_->flip_bit("store/" + name, bit);
    }
}

TEST_F(BackupTest, tells_damage_of_its_own) {
    fill("store", 20);
    backed_up("store", "backup");
    const auto names = files_->list("backup").value();
    const std::string kept = *std::ranges::find_if(names, is_kept_name);
    files_->flip_bit("backup/" + kept, 8 * (log::segment_header_bytes + 300));
    VerifyReport report = verified_backup("backup");
    ASSERT_TRUE(report.damaged());
    EXPECT_EQ(report.findings.at(0).file, kept);
    EXPECT_EQ(report.findings.at(0).first, Position{0});
    ASSERT_TRUE(files_->remove("backup/" + kept).ok());
    EXPECT_TRUE(verified_backup("backup").damaged());
    EXPECT_EQ(history_of_backup(environment(), "backup").error().code, Code::data_loss);
    // The next backup puts it right.
    backed_up("store", "backup");
    EXPECT_TRUE(verified_backup("backup").findings.empty());
    files_->flip_bit("backup/BACKUP", 100);
    EXPECT_TRUE(verified_backup("backup").damaged());
    EXPECT_EQ(refused("store", "backup").code, Code::data_loss);
}

TEST_F(BackupTest, that_has_become_damaged_is_mended_when_it_is_checked) {
    fill("store", 40);
    const std::uint64_t segments = backed_up("store", "backup").segments;
    const auto names = files_->list("backup").value();
    const io::Path kept = io::Path("backup") / *std::ranges::find_if(names, is_kept_name);
    files_->flip_bit(kept, 8 * (log::segment_header_bytes + 300));
    EXPECT_EQ(backed_up("store", "backup").kept, segments) << "nobody asked to read it again";
    ASSERT_TRUE(verified_backup("backup").damaged());
    EXPECT_NE(verified_backup("backup").findings.at(0).what.find("--check"), std::string::npos);

    // A store that cannot help takes nothing away.
    files_->flip_bit("store/" + log::segment_name(Position{0}), 8 * (log::segment_header_bytes + 300));
    EXPECT_EQ(backup(environment(), "store", "backup", {.check = true}).error().code, Code::data_loss);
    EXPECT_TRUE(files_->exists(kept).value());
    files_->flip_bit("store/" + log::segment_name(Position{0}), 8 * (log::segment_header_bytes + 300));

    const BackupReport report = backed_up("store", "backup", {.check = true});
    EXPECT_EQ(report.replaced, 1U);
    EXPECT_EQ(report.copied, 1U);
    EXPECT_EQ(report.kept, segments - 1);
    EXPECT_TRUE(verified_backup("backup").findings.empty());
    EXPECT_EQ(backed_up("store", "backup", {.check = true}).replaced, 0U);
}

TEST_F(BackupTest, that_was_interrupted_goes_on_where_it_ended) {
    fill("store", 40);
    BackupOptions options;
    options.watch.stop = [] { return true; };
    EXPECT_EQ(backup(environment(), "store", "backup", options).error().code, Code::cancelled);
    files_->plan({.call = 100, .for_ever = true});
    EXPECT_EQ(refused("store", "backup").code, Code::unavailable);
    files_->kill();
    const BackupReport report = backed_up("store", "backup");
    EXPECT_GT(report.kept, 0U);
    EXPECT_EQ(report.kept + report.copied, report.segments);
    EXPECT_EQ(report.events, 160U);
    EXPECT_TRUE(verified_backup("backup").findings.empty());
}

TEST_F(BackupTest, needs_room_and_says_so_before_it_begins) {
    fill("store", 20);
    files_->limit_space(40'000);
    const Error error = refused("store", "backup");
    EXPECT_EQ(error.code, Code::resource_exhausted);
    EXPECT_NE(error.message.find("make room"), std::string::npos);
    files_->limit_space(1 << 30);
    EXPECT_EQ(backed_up("store", "backup").events, 80U);
}

TEST_F(BackupTest, is_the_old_one_or_the_new_one_wherever_the_power_fails) {
    std::string before, after;
    const auto prepare = [&] {
        second_ = 0;
        fill("store", 8);
        before = backed_up("store", "backup").digest;
        fill("store", 6);
        after = verified("store").digest;
    };
    const auto work = [&] { return backup(environment(), "store", "backup", {}).ok(); };
    const auto check = [&] {
        const VerifyReport report = verified_backup("backup");
        EXPECT_TRUE(report.findings.empty()) << report.findings.at(0).what;
        EXPECT_TRUE(report.digest == before || report.digest == after);
        EXPECT_EQ(backed_up("store", "backup").digest, after);
        EXPECT_TRUE(verified_backup("backup").findings.empty());
    };
    cut_power_at_every_call(prepare, work, check);
    fail_every_call(prepare, work, check);
}

TEST_F(BackupTest, is_whole_or_none_the_first_time) {
    std::string digest;
    const auto prepare = [&] {
        second_ = 0;
        fill("store", 8);
        digest = verified("store").digest;
    };
    const auto check = [&] {
        const auto report = verify_backup(*files_, "backup", {});
        if (report) {
            EXPECT_TRUE(report->findings.empty());
            EXPECT_EQ(report->digest, digest);
        } else {
            EXPECT_TRUE(report.error().code == Code::failed_precondition || report.error().code == Code::not_found);
        }
        EXPECT_EQ(backed_up("store", "backup").digest, digest);
        EXPECT_TRUE(verified_backup("backup").findings.empty());
    };
    for (const bool link : {false, true}) {
        const auto work = [&] { return backup(environment(), "store", "backup", {.link = link}).ok(); };
        cut_power_at_every_call(prepare, work, check);
        fail_every_call(prepare, work, check);
    }
}

TEST(Manifest, is_read_back_whole_or_not_at_all) {
    Manifest manifest{
        .taken = Timestamp(std::chrono::seconds(5)),
        .end = {.sequence = 3, .next = Position{12}, .time = Timestamp(std::chrono::seconds(4)), .chain = {}},
        .commits = 7};
    manifest.store[0] = 9;
    manifest.end.chain.bytes[3] = 0x5a;
    manifest.segments = {{.file = "seg-a.log", .first = Position{0}, .next = Position{8}, .bytes = 5000},
                         {.file = "seg-b.log", .first = Position{8}, .next = Position{12}, .bytes = 6000}};
    const std::string text = manifest.encode();
    const auto read = Manifest::parse(text);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->encode(), text);
    EXPECT_EQ(read->end, manifest.end);
    EXPECT_EQ(read->segments.size(), 2U);
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string other = text;
        other[i] = static_cast<char>(other[i] ^ 1);
        EXPECT_FALSE(Manifest::parse(other)) << i;
        EXPECT_FALSE(Manifest::parse(std::string_view(text).substr(0, i))) << i;
    }
}

}  // namespace
}  // namespace varve::upkeep
