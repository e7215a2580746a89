#include "packages/import.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <mutex>
#include <set>
#include <string>

#include "packages/history_check.hpp"
#include "packages/inventory.hpp"
#include "packages/journal.hpp"
#include "packages/wiring.hpp"

namespace packages {
namespace {

constexpr const char* first_day =
    "2025-06-24 14:36:25 startup archives unpack\n"
    "2025-06-24 14:36:25 install hello:amd64 <none> 2.10\n"
    "2025-06-24 14:36:25 status half-installed hello:amd64 2.10\n"
    "2025-06-24 14:36:25 status triggers-pending man-db:amd64 2.11\n"
    "2025-06-24 14:36:26 status unpacked hello:amd64 2.10\n"
    "2025-06-24 14:36:26 configure hello:amd64 2.10 <none>\n"
    "what is this?\n"
    "2025-06-24 14:36:27 status installed hello:amd64 2.10\n";
constexpr const char* second_day =
    "2025-06-25 08:00:00 configure hello:amd64 2.10 <none>\n"  // it is configured already
    "2025-06-25 08:00:01 upgrade hello:amd64 2.10 2.12\n"
    "2025-06-25 08:00:01 status unpacked hello:amd64 2.12\n"
    "2025-06-25 08:00:02 status installed hello:amd64 2.12\n";

class Import : public ::testing::Test {
protected:
    Import() : app_(open_in_memory().value()) {
        std::string pattern = (std::filesystem::temp_directory_path() / "varve-packages-XXXXXX").string();
        folder_ = mkdtemp(pattern.data());
    }
    ~Import() override { std::filesystem::remove_all(folder_); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name, std::ios::app) << text;
    }
    Imported import() { return import_logs(app_, find_logs(folder_ / "dpkg.log").value()).value(); }
    std::uint64_t lines_kept() {
        std::uint64_t lines = 0;
        const auto logs = app_.ask(Logs{}, latest(app_));
        for (const LogRow& log : *logs) lines += log.lines;
        return lines;
    }

    varve::App app_;
    std::filesystem::path folder_;
};

TEST_F(Import, KeepsEveryLineAndDoubtsSome) {
    write("dpkg.log", std::string(first_day) + second_day);
    const auto imported = import();
    EXPECT_EQ(imported.recorded.lines, 12U);
    EXPECT_EQ(imported.recorded.known, 0U);
    EXPECT_EQ(imported.recorded.unknown, 1U);
    EXPECT_EQ(imported.recorded.refused, 1U);
    EXPECT_EQ(lines_kept(), 12U);
    const auto doubts = app_.ask(Doubts{}, latest(app_)).value();
    ASSERT_EQ(doubts.size(), 2U);
    EXPECT_EQ(doubts[0].text, "what is this?");
    EXPECT_EQ(doubts[1].reason, "package.not_unpacked");
    EXPECT_EQ(doubts[1].line, 9U);
}

TEST_F(Import, DoublesNothing) {
    write("dpkg.log", std::string(first_day) + second_day);
    import();
    const auto before = contents(app_.store()).value();
    const auto again = import();
    EXPECT_EQ(again.recorded.lines, again.recorded.known);
    EXPECT_EQ(again.recorded.lines + again.skipped, 12U);
    EXPECT_EQ(contents(app_.store()).value(), before);
}

TEST_F(Import, GoesOnAfterARotation) {
    write("dpkg.log", first_day);
    import();
    std::filesystem::rename(folder_ / "dpkg.log", folder_ / "dpkg.log.1");
    write("dpkg.log", second_day);
    EXPECT_EQ(import().recorded.refused, 1U);
    EXPECT_EQ(lines_kept(), 12U);
    EXPECT_EQ(app_.ask(Logs{})->size(), 2U);
    EXPECT_EQ(app_.ask(WhatAbout{"hello:amd64"})->value().installed_version, "2.12");
}

TEST_F(Import, GoesOnInTheMiddleOfASecond) {
    const std::string all = std::string(first_day) + second_day;
    for (std::size_t end = 0; end < all.size(); end = all.find('\n', end) + 1) {
        std::ofstream(folder_ / "dpkg.log") << all.substr(0, end);
        import();
    }
    write("dpkg.log", all.substr(all.rfind('\n', all.size() - 2) + 1));
    import();
    EXPECT_EQ(lines_kept(), 12U);
    varve::App quiet = open_in_memory().value();
    ASSERT_TRUE(import_logs(quiet, find_logs(folder_ / "dpkg.log").value()).ok());
    EXPECT_EQ(contents(app_.store()).value(), contents(quiet.store()).value());
}

TEST_F(Import, KnowsThePositionOfAMoment) {
    write("dpkg.log", std::string(first_day) + second_day);
    import();
    EXPECT_EQ(app_.ask(MomentOf{"2025-06-24 14:36:24"}, latest(app_)).value(), std::nullopt);
    const auto moment = app_.ask(MomentOf{"2025-06-25 00:00:00"}).value();
    ASSERT_TRUE(moment.has_value());
    const varve::Position last{moment->position - 1};
    const auto then = app_.replay<Inventory>(varve::as_of(last)).value();
    const auto installed = then.ask(Installed{}).value();
    ASSERT_EQ(installed.size(), 2U);
    EXPECT_EQ(installed[0].installed_version, "2.10");
    EXPECT_EQ(installed[0].since, "2025-06-24 14:36:27");
    EXPECT_TRUE(installed[1].found);
    EXPECT_EQ(standings_of(then.model().packages.all()), fold_packages(app_, last).value());
}

TEST_F(Import, AnswersAboutDaysAndHistories) {
    write("dpkg.log", std::string(first_day) + second_day);
    import();
    EXPECT_EQ(app_.ask(BusiestDay{}, latest(app_))->value().day, "2025-06-24");
    EXPECT_EQ(app_.ask(MostUpgraded{}).value(), "hello:amd64");
    const auto history = app_.ask(HistoryOf{"hello:amd64"}).value();
    ASSERT_EQ(history.size(), 2U);
    EXPECT_EQ(history[0].what + " " + history[0].version, "install 2.10");
    EXPECT_EQ(history[1].what + " " + history[1].version, "upgrade 2.12");
    EXPECT_EQ(app_.ask(Newest{1})->front().package, "hello:amd64");
}

TEST_F(Import, ReportsEveryLineThatIsDurable) {
    write("dpkg.log", first_day);
    std::set<std::uint64_t> lines;
    std::mutex mutex;
    const auto note = [&](const Place& place, const varve::Receipt& receipt) {
        const std::lock_guard lock(mutex);
        EXPECT_LE(receipt.first, receipt.last);
        lines.insert(place.line);
    };
    ASSERT_TRUE(import_logs(app_, find_logs(folder_ / "dpkg.log").value(), {.acknowledged = note}).ok());
    EXPECT_EQ(lines.size(), 8U);
}

}  // namespace
}  // namespace packages
