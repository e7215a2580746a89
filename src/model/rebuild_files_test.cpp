#include "model/rebuild_files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "io/faulty_files.hpp"
#include "model/rebuild_fixture.hpp"
#include "model/sqlite_database.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using bank::BalanceOf;
using bank::Deposit;
using bank::Open;
using bank::Withdraw;
using rebuilt::Mended;

constexpr std::chrono::seconds patience{20};

/// A disk with three files that say what they are.
std::shared_ptr<io::FaultyFiles> disk_with(const std::string& in_charge, const std::string& next,
                                           const std::string& previous) {
    auto disk = std::make_shared<io::FaultyFiles>(1);
    EXPECT_TRUE(disk->create_directories("/d").ok());
    for (const auto& [path, text] :
         {std::pair{"/d/b.db", in_charge}, {"/d/b.db.next", next}, {"/d/b.db.previous", previous}}) {
        if (text.empty()) continue;
        auto file = disk->open(path, io::OpenMode::create_new).value();
        const std::string_view part(text);
        EXPECT_TRUE(file->write(0, {&part, 1}).ok());
        EXPECT_TRUE(file->sync_all().ok());
    }
    EXPECT_TRUE(disk->sync_directory("/d").ok());
    return disk;
}

std::string text_of(io::FaultyFiles& disk, const std::string& path) {
    const auto all = disk.contents();
    const auto found = all.find(path);
    return found == all.end() ? "" : found->second;
}

/// What happens to `exchange` when its call number `call` is the last one, or fails, for each call until it goes through.
template <class F>
void at_every_call(bool power_cut, bool back, F check) {
    for (std::uint64_t call = 1;; ++call) {
        auto disk = back ? disk_with("new", "", "old") : disk_with("old", "new", "stale");
        RebuildFiles files(*disk, "/d/b.db");
        disk->plan({.call = call, .power_cut = power_cut});
        const Result<> done = back ? files.swap_back() : files.swap();
        const bool happened = disk->happened();
        if (power_cut && happened) disk->crash();
        disk->plan({});
        const Result<> settled = happened ? files.settle() : Result<>();
        ASSERT_TRUE(settled.ok()) << "call " << call;
        ASSERT_NO_FATAL_FAILURE(check(*disk, done, call));
        if (!happened) return;
    }
}

TEST(RebuildFiles, a_power_cut_at_any_step_leaves_one_of_the_two_in_charge) {
    for (const bool back : {false, true}) {
        at_every_call(true, back, [](io::FaultyFiles& disk, const Result<>&, std::uint64_t call) {
            const std::string in_charge = text_of(disk, "/d/b.db");
            EXPECT_TRUE(in_charge == "old" || in_charge == "new") << "call " << call << ": '" << in_charge << "'";
            const std::string other = in_charge == "old" ? "new" : "old";
            EXPECT_TRUE(text_of(disk, "/d/b.db.next") == other || text_of(disk, "/d/b.db.previous") == other)
                << "call " << call << ": the other one is lost";
        });
    }
}

TEST(RebuildFiles, a_step_that_fails_changes_nothing) {
    for (const bool back : {false, true}) {
        at_every_call(false, back, [back](io::FaultyFiles& disk, const Result<>& done, std::uint64_t call) {
            const std::string before = back ? "new" : "old", after = back ? "old" : "new";
            EXPECT_EQ(text_of(disk, "/d/b.db"), done.ok() ? after : before) << "call " << call;
            if (done.ok()) return;
            EXPECT_EQ(text_of(disk, back ? "/d/b.db.previous" : "/d/b.db.next"), after) << "call " << call;
        });
    }
}

constexpr unsigned parts = 3;

/// What three partitions are, one after the other, under a name with this ending; `-`: nothing.
std::string texts_of(io::FaultyFiles& disk, const std::string& suffix) {
    std::string all;
    for (const std::string& path : partition_files("/d/b.db", parts)) {
        const std::string text = text_of(disk, path + suffix);
        all += text.empty() ? "-" : text;
    }
    return all;
}

std::shared_ptr<io::FaultyFiles> disk_with_partitions(bool exchanged) {
    auto disk = std::make_shared<io::FaultyFiles>(1);
    EXPECT_TRUE(disk->create_directories("/d").ok());
    for (const std::string& path : partition_files("/d/b.db", parts)) {
        const std::string first = exchanged ? "n" : "o", second = exchanged ? "o" : "n";
        for (const auto& [name, text] : {std::pair{path, first},
                                         {path + (exchanged ? ".previous" : ".next"), second},
                                         {path + (exchanged ? ".next" : ".previous"), std::string("stale")}}) {
            if (exchanged && text == "stale") continue;
            auto file = disk->open(name, io::OpenMode::create_new).value();
            EXPECT_TRUE(file->write(0, text).ok());
            EXPECT_TRUE(file->sync_all().ok());
        }
    }
    EXPECT_TRUE(disk->sync_directory("/d").ok());
    return disk;
}

TEST(RebuildFiles, of_partitions_are_all_of_the_same_one_after_a_power_cut_at_any_step) {
    for (const bool back : {false, true}) {
        for (std::uint64_t call = 1;; ++call) {
            auto disk = disk_with_partitions(back);
            RebuildFiles files(*disk, "/d/b.db", parts);
            disk->plan({.call = call, .power_cut = true});
            const Result<> done = back ? files.swap_back() : files.swap();
            const bool happened = disk->happened();
            if (happened) disk->crash();
            // The next start may be cut short as well.
            for (std::uint64_t again = 1;; ++again) {
                disk->plan({.call = again, .power_cut = true});
                static_cast<void>(files.settle());
                if (!disk->happened()) break;
                disk->crash();
            }
            disk->plan({});
            const std::string in_charge = texts_of(*disk, "");
            EXPECT_TRUE(in_charge == "ooo" || in_charge == "nnn") << "call " << call << ": " << in_charge;
            const std::string other = in_charge == "ooo" ? "nnn" : "ooo";
            EXPECT_TRUE(texts_of(*disk, ".next") == other || texts_of(*disk, ".previous") == other) << "call " << call;
            EXPECT_FALSE(disk->exists("/d/b.db.exchange").value()) << "call " << call;
            if (!happened) {
                EXPECT_TRUE(done.ok());
                EXPECT_EQ(in_charge, back ? "ooo" : "nnn");
                break;
            }
        }
    }
}

TEST(RebuildFiles, of_partitions_are_as_they_were_after_a_step_that_fails) {
    for (const bool back : {false, true}) {
        for (std::uint64_t call = 1;; ++call) {
            auto disk = disk_with_partitions(back);
            RebuildFiles files(*disk, "/d/b.db", parts);
            disk->plan({.call = call});
            const Result<> done = back ? files.swap_back() : files.swap();
            const bool happened = disk->happened();
            disk->plan({});
            const std::string before = back ? "nnn" : "ooo", after = back ? "ooo" : "nnn";
            EXPECT_EQ(texts_of(*disk, ""), done.ok() ? after : before) << "call " << call;
            if (!done.ok()) {
                EXPECT_EQ(texts_of(*disk, back ? ".previous" : ".next"), after) << "call " << call;
            }
            if (!happened) break;
        }
    }
}

TEST(RebuildFiles, a_next_one_alone_is_never_taken_for_the_real_one) {
    auto disk = disk_with("", "new", "");
    ASSERT_TRUE(RebuildFiles(*disk, "/d/b.db").settle().ok());
    EXPECT_EQ(text_of(*disk, "/d/b.db"), "");
    disk = disk_with("", "", "old");
    ASSERT_TRUE(RebuildFiles(*disk, "/d/b.db").settle().ok());
    EXPECT_EQ(text_of(*disk, "/d/b.db"), "") << "somebody has deleted the file to have it rebuilt";
}

/// One store that outlives the Apps on it, and the files beside each other.
class RebuiltFile : public ::testing::Test {
public:
    void SetUp() override {
        rebuilt::mended = false;
        App app{store};
        bank::wire(app);
        app.send(Open{"a1", "Ann"}).value();
        app.send(Deposit{"a1", 500}).value();
        last = app.send(Withdraw{"a1", 100}).value();
        ASSERT_TRUE(app.project<Mended>(sqlite(path)).ok());
        ASSERT_EQ(cents(app), 500);
        rebuilt::mended = true;
    }
    std::int64_t cents(App& app) { return app.ask(BalanceOf{"a1"}, after(last)).value().value(); }
    std::int64_t cents_after_a_start() {
        App app{store};
        EXPECT_TRUE(app.project<Mended>(sqlite(path)).ok());
        return cents(app);
    }
    /// By plain SQL, from outside.
    std::int64_t cents_in(const std::string& file) {
        SqliteDatabase database(file, false);
        SqliteStatement statement(database, "SELECT cents FROM balances");
        return statement.step() ? statement.integer() : -1;
    }
    [[nodiscard]] bool there(const std::string& suffix) const { return std::filesystem::exists(path + suffix); }

    TempFolder folder;
    std::string path = folder.file("balances.db");
    Store store = open("memory:").value();
    Receipt last;
};

TEST_F(RebuiltFile, names_are_exchanged) {
    auto app = std::make_unique<App>(store);
    app->project<Mended>(sqlite(path));
    auto rebuild = app->rebuild<Mended>().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    EXPECT_TRUE(there(".next"));
    EXPECT_EQ(app->projections().at(1).place, path + ".next");
    ASSERT_TRUE(rebuild.cut_over().ok());
    EXPECT_FALSE(there(".next"));
    EXPECT_EQ(cents_in(path), 400);
    EXPECT_EQ(cents_in(path + ".previous"), 500);
    ASSERT_TRUE(rebuild.roll_back().ok());
    EXPECT_EQ(cents_in(path), 500);
    EXPECT_EQ(cents_in(path + ".next"), 400);
    ASSERT_TRUE(rebuild.cut_over().ok());
    ASSERT_TRUE(rebuild.finish().ok());
    EXPECT_FALSE(there(".previous") || there(".previous-wal") || there(".next"));
    EXPECT_EQ(cents(*app), 400);
    app.reset();
    EXPECT_EQ(cents_after_a_start(), 400);
}

TEST_F(RebuiltFile, an_interrupted_rebuild_is_not_taken_for_the_real_one) {
    {
        App app{store};
        app.project<Mended>(sqlite(path));
        auto rebuild = app.rebuild<Mended>().value();
        ASSERT_TRUE(rebuild.wait(patience).ok());
    }
    EXPECT_TRUE(there(".next"));
    EXPECT_EQ(cents_after_a_start(), 500);
    rebuilt::mended = false;
    App app{store};
    app.project<Mended>(sqlite(path));
    auto anew = app.rebuild<Mended>().value();
    ASSERT_TRUE(anew.wait(patience).ok());
    EXPECT_TRUE(anew.diff().value().same()) << "made by the handlers of now";
    ASSERT_TRUE(anew.cancel().ok());
    EXPECT_FALSE(there(".next"));
}

TEST_F(RebuiltFile, an_interrupted_rebuild_is_resumed_when_asked_for) {
    {
        App app{store};
        app.project<Mended>(sqlite(path));
        auto rebuild = app.rebuild<Mended>().value();
        ASSERT_TRUE(rebuild.wait(patience).ok());
    }
    rebuilt::mended = false;
    App app{store};
    app.project<Mended>(sqlite(path));
    auto resumed = app.rebuild<Mended>({.resume = true}).value();
    ASSERT_TRUE(resumed.wait(patience).ok());
    EXPECT_EQ(resumed.diff({.explain = false}).value().differences(), 1U) << "its rows were kept";
}

TEST_F(RebuiltFile, a_crash_between_the_two_renames_is_settled_at_the_start) {
    {
        App app{store};
        app.project<Mended>(sqlite(path));
        auto rebuild = app.rebuild<Mended>().value();
        ASSERT_TRUE(rebuild.wait(patience).ok());
    }
    std::filesystem::rename(path, path + ".previous");
    EXPECT_EQ(cents_after_a_start(), 500);
    EXPECT_TRUE(there("") && there(".next") && !there(".previous"));
}

TEST_F(RebuiltFile, what_is_left_of_an_earlier_one_is_not_mixed_in) {
    std::ofstream(path + ".previous") << "not a database";
    std::ofstream(path + ".previous-wal") << "nor its log";
    std::ofstream(path + ".next-wal") << "nor this";
    App app{store};
    app.project<Mended>(sqlite(path));
    auto rebuild = app.rebuild<Mended>().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    ASSERT_TRUE(rebuild.cut_over().ok());
    EXPECT_EQ(cents_in(path), 400);
    EXPECT_EQ(cents_in(path + ".previous"), 500);
}

TEST_F(RebuiltFile, another_process_with_the_file_open_is_named) {
    App app{store};
    app.project<Mended>(sqlite(path));
    auto rebuild = app.rebuild<Mended>().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    {
        SqliteDatabase other(path, false);
        SqliteStatement(other, "SELECT cents FROM balances").step();
        const Result<> refused = rebuild.cut_over();
        EXPECT_EQ(refused.error().code, Code::unavailable) << refused.error().message;
        EXPECT_EQ(cents(app), 500);
    }
    ASSERT_TRUE(rebuild.cut_over().ok());
    EXPECT_EQ(cents(app), 400);
}

}  // namespace
}  // namespace varve
