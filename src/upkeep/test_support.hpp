/// What the tests of this room share: a store on a faulty disk, and what it must be like afterwards.
#pragma once

#include <algorithm>
#include <functional>
#include <string>

#include "io/faulty_files.hpp"
#include "log/test_support.hpp"
#include "log/verify.hpp"
#include "upkeep/backup.hpp"
#include "upkeep/backup_reading.hpp"

namespace varve::upkeep {

class UpkeepTest : public testing::Test {
protected:
    [[nodiscard]] io::Environment environment() const {
        return {.files = files_, .clock = clock_, .random = random_, .executor = executor_};
    }
    std::shared_ptr<log::SegmentLog> open(const io::Path& folder) const {
        auto log = log::SegmentLog::open(environment(), {.folder = folder, .segment_bytes = 8 << 10});
        EXPECT_TRUE(log.ok()) << log.error();
        return log.ok() ? *log : nullptr;
    }
    /// Blocks of 2 commits of 2 events each, one a second.
    void append(log::SegmentLog& log, int blocks) {
        for (int i = 0; i < blocks; ++i) {
            ASSERT_TRUE(log::append(log, Timestamp(std::chrono::seconds(++second_)), 2, 2).ok());
            executor_->run_woken();
        }
    }
    /// A store that was closed in order.
    void fill(const io::Path& folder, int blocks) {
        const auto log = open(folder);
        append(*log, blocks);
        ASSERT_TRUE(log->close().ok());
    }
    [[nodiscard]] VerifyReport verified(const io::Path& folder) const {
        auto report = log::verify(*files_, folder);
        EXPECT_TRUE(report.ok()) << report.error();
        if (report.ok()) {
            for (const Finding& finding : report->findings)
                EXPECT_NE(finding.kind, Finding::Kind::damage) << finding.what;
        }
        return report.ok() ? *report : VerifyReport{};
    }
    [[nodiscard]] VerifyReport verified_backup(const io::Path& folder) const {
        auto report = verify_backup(*files_, folder, {});
        EXPECT_TRUE(report.ok()) << report.error();
        return report.ok() ? *report : VerifyReport{};
    }
    BackupReport backed_up(const io::Path& folder, const io::Path& target, const BackupOptions& options = {}) const {
        auto report = backup(environment(), folder, target, options);
        EXPECT_TRUE(report.ok()) << report.error();
        return report.ok() ? *report : BackupReport{};
    }
    /// The store opens, holds so many events, each of them right, and goes on.
    void expect_store(const io::Path& folder, std::uint64_t events) {
        EXPECT_EQ(verified(folder).events, events);
        const auto log = open(folder);
        ASSERT_TRUE(log);
        EXPECT_EQ(log->head().next, Position{events});
        log::expect_sound(*log);
        append(*log, 1);
        EXPECT_EQ(log->head().next, Position{events + 4});
        log::expect_sound(*log);
        ASSERT_TRUE(log->close().ok());
        EXPECT_EQ(verified(folder).events, events + 4);
    }
    void copy_file(const io::Path& from, const io::Path& to) const {
        const auto source = files_->open(from, io::OpenMode::read).value();
        std::string bytes(source->size().value(), '\0');
        ASSERT_TRUE(source->read(0, bytes).ok());
        if (files_->exists(to).value()) {
            ASSERT_TRUE(files_->remove(to).ok());
        }
        const auto target = files_->open(to, io::OpenMode::create_new).value();
        ASSERT_TRUE(target->write(0, bytes).ok());
        ASSERT_TRUE(target->sync_all().ok());
        ASSERT_TRUE(files_->sync_directory(to.parent_path()).ok());
    }
    void copy_folder(const io::Path& from, const io::Path& to) const {
        ASSERT_TRUE(files_->create_directories(to).ok());
        for (const std::string& name : files_->list(from).value()) copy_file(from / name, to / name);
    }
    /// Runs `work` with the power cut at every call in turn, each time on a disk as `prepare` leaves it; `check` looks
    /// at what is there when the power is back.
    void cut_power_at_every_call(const std::function<void()>& prepare, const std::function<bool()>& work,
                                 const std::function<void()>& check) {
        for (std::uint64_t call = 1; call < 5000; ++call) {
            SCOPED_TRACE("power cut at call " + std::to_string(call));
            files_ = std::make_shared<io::FaultyFiles>(call);
            prepare();
            files_->plan({.call = call, .power_cut = true});
            const bool done = work();
            const bool cut = files_->happened();
            files_->crash();
            if (!cut) {
                EXPECT_TRUE(done);
                EXPECT_GT(call, 20U);
                return;
            }
            check();
            if (HasFailure()) return;
        }
        FAIL() << "it never ended";
    }
    /// Likewise with a call that fails, once.
    void fail_every_call(const std::function<void()>& prepare, const std::function<bool()>& work,
                         const std::function<void()>& check) {
        for (std::uint64_t call = 1; call < 5000; ++call) {
            SCOPED_TRACE("failure of call " + std::to_string(call));
            files_ = std::make_shared<io::FaultyFiles>(call);
            prepare();
            files_->plan({.call = call});
            const bool done = work();
            const bool failed = files_->happened();
            files_->plan({});
            if (!failed) {
                EXPECT_TRUE(done);
                return;
            }
            check();
            if (HasFailure()) return;
        }
        FAIL() << "it never ended";
    }

    std::shared_ptr<io::FaultyFiles> files_ = std::make_shared<io::FaultyFiles>(1);
    std::shared_ptr<io::ManualClock> clock_ = std::make_shared<io::ManualClock>();
    std::shared_ptr<io::ManualExecutor> executor_ = std::make_shared<io::ManualExecutor>();
    std::shared_ptr<io::Random> random_ = std::make_shared<io::SeededRandom>(1);
    int second_ = 0;
};

}  // namespace varve::upkeep
