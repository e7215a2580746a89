#include "varve/rebuild.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "model/rebuild_files.hpp"
#include "model/rebuild_fixture.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using bank::BalanceOf;
using bank::Deposit;
using bank::Open;
using bank::TotalOfAll;
using bank::Withdraw;
using rebuilt::Accounts;
using rebuilt::Balances;
using rebuilt::BalancesV2;
using rebuilt::Mended;

constexpr std::chrono::seconds patience{20};

bool comes(const auto& condition) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    return condition();
}

struct Fragile {
    using Events = varve::Events<bank::Withdrawn>;
    using Queries = varve::Queries<BalanceOf, TotalOfAll>;
    varve::Table<bank::Balance> balances;
    static std::string partition(const BalanceOf& q) { return q.account; }
    static std::int64_t merge(const std::vector<std::int64_t>& parts) { return rebuilt::sum_of(parts); }
    void on(const bank::Withdrawn&) { throw std::runtime_error("cannot"); }
    std::optional<std::int64_t> answer(const BalanceOf&) const { return {}; }
    std::int64_t answer(const TotalOfAll&) const { return 0; }
};

struct Kept {
    bool file;
    Life life;
    unsigned partitions;
};

/// Wherever the rows are kept, whoever applies the events, in however many parts.
class RebuildIn : public ::testing::TestWithParam<Kept> {
public:
    void SetUp() override {
        rebuilt::mended = false;
        app.send(Open{"a1", "Ann"}).value();
        app.send(Open{"a2", "Bob"}).value();
        app.send(Deposit{"a1", 500}).value();
        app.send(Deposit{"a2", 300}).value();
        app.send(Withdraw{"a1", 100}).value();
        last = app.send(Deposit{"a2", 1}).value();
    }
    template <class P>
    void project() {
        ProjectionOptions options{.life = GetParam().life, .partitions = GetParam().partitions};
        if (GetParam().file) options.file = sqlite(path);
        ASSERT_TRUE(app.project<P>(options).ok());
        ASSERT_TRUE(app.ask(TotalOfAll{}, after(last)).ok());
    }
    /// The other class, wherever the rows are kept.
    Result<Rebuild> rebuild_v2() {
        return GetParam().file ? app.rebuild<Balances, BalancesV2>(sqlite(folder.file("v2.db")))
                               : app.rebuild<Balances, BalancesV2>();
    }
    [[nodiscard]] static std::vector<std::string> files(const std::string& at) {
        return partition_files(at, GetParam().partitions);
    }
    std::int64_t cents(const std::string& account) { return app.ask(BalanceOf{account}).value().value(); }

    TempFolder folder;
    std::string path = folder.file("balances.db");
    App app = bank::in_memory();
    Receipt last;
};

INSTANTIATE_TEST_SUITE_P(Kept, RebuildIn,
                         ::testing::Values(Kept{false, Life::async, 1}, Kept{true, Life::async, 1},
                                           Kept{false, Life::async, 4}, Kept{true, Life::async, 4},
                                           Kept{false, Life::inlined, 1}, Kept{true, Life::inlined, 1},
                                           Kept{true, Life::inlined, 4}, Kept{false, Life::live, 1},
                                           Kept{true, Life::live, 4}),
                         [](const auto& kept) {
                             const Kept& way = kept.param;
                             return std::string(way.life == Life::async     ? "async"
                                                : way.life == Life::inlined ? "inlined"
                                                                            : "live") +
                                    (way.file ? "_in_sqlite_" : "_in_memory_") + std::to_string(way.partitions);
                         });

TEST_P(RebuildIn, the_same_class_anew_takes_over_and_can_be_rolled_back) {
    project<Mended>();
    EXPECT_EQ(cents("a1"), 500);
    rebuilt::mended = true;
    auto rebuild = app.rebuild<Mended>().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    EXPECT_EQ(rebuild.progress().state, RebuildProgress::State::ready);
    EXPECT_EQ(cents("a1"), 500) << "the old one is in charge";

    ASSERT_TRUE(rebuild.cut_over().ok());
    EXPECT_EQ(cents("a1"), 400);
    EXPECT_EQ(rebuild.progress().state, RebuildProgress::State::in_charge);
    const auto receipt = app.send(Deposit{"a1", 7});
    EXPECT_EQ(app.ask(BalanceOf{"a1"}, after(receipt)).value(), 407);

    ASSERT_TRUE(rebuild.roll_back().ok());
    EXPECT_EQ(cents("a1"), 507) << "the old one has followed";
    ASSERT_TRUE(rebuild.cut_over().ok());
    ASSERT_TRUE(rebuild.finish().ok());
    EXPECT_EQ(cents("a1"), 407);
    EXPECT_TRUE(rebuild.finish().ok()) << "idempotent";
    EXPECT_EQ(rebuild.roll_back().error().code, Code::failed_precondition);
    EXPECT_EQ(rebuild.progress().state, RebuildProgress::State::finished);
    const auto again = app.send(Deposit{"a1", 1});
    EXPECT_EQ(app.ask(BalanceOf{"a1"}, after(again)).value(), 408);
    EXPECT_TRUE(app.rebuild<Mended>().ok()) << "it is over, so another one may begin";
}

TEST_P(RebuildIn, another_class_takes_the_place) {
    project<Balances>();
    auto rebuild = rebuild_v2().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    EXPECT_EQ(app.ask(Accounts{}).error().code, Code::unimplemented) << "it is not in charge yet";
    ASSERT_TRUE(rebuild.cut_over().ok());
    EXPECT_EQ(app.ask(Accounts{}).value(), 2U);
    EXPECT_EQ(cents("a1"), 400);
    ASSERT_TRUE(rebuild.roll_back().ok());
    EXPECT_EQ(app.ask(Accounts{}).error().code, Code::unimplemented);
    EXPECT_EQ(cents("a1"), 500);
    ASSERT_TRUE(rebuild.cut_over().ok());
    ASSERT_TRUE(rebuild.finish().ok());
    EXPECT_EQ(app.projections().size(), 1U);
    EXPECT_EQ(app.projections().at(0).name, "BalancesV2");
    for (const std::string& file : files(path)) EXPECT_FALSE(std::filesystem::exists(file)) << "the old file is gone";
    EXPECT_EQ(app.project<BalancesV2>().error().code, Code::already_exists);
}

TEST_P(RebuildIn, tells_every_row_and_the_event_with_which_it_began) {
    project<Balances>();
    app.send(Withdraw{"a2", 10}).value();
    auto rebuild = rebuild_v2().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    const RowDiff diff = rebuild.diff().value();
    ASSERT_EQ(diff.tables.size(), 1U);
    EXPECT_EQ(diff.tables[0].different, 2U);
    EXPECT_EQ(diff.before, diff.after);
    std::ostringstream text;
    text << diff;
    EXPECT_EQ(text.str(),
              "balances[a1]: cents 500 -> 400, since position 4 (account-a1@2, Withdrawn)\n"
              "balances[a2]: cents 301 -> 291, since position 6 (account-a2@3, Withdrawn)\n"
              "2 rows differ, 0 are equal\n");
}

TEST_P(RebuildIn, what_former_handlers_made_is_explained_by_them) {
    project<Mended>();
    rebuilt::mended = true;
    auto rebuild = app.rebuild<Mended>().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    const RowDiff alone = rebuild.diff().value();
    ASSERT_EQ(alone.rows.size(), 1U);
    EXPECT_FALSE(alone.rows[0].since);
    EXPECT_NE(alone.unexplained.find("former"), std::string::npos) << alone.unexplained;
    const RowDiff explained = rebuild.diff({.former = former<Balances>()}).value();
    ASSERT_EQ(explained.rows.size(), 1U);
    ASSERT_TRUE(explained.rows[0].since);
    EXPECT_EQ(explained.rows[0].since->position, Position{4});
    EXPECT_EQ(explained.unexplained, "");
}

TEST_P(RebuildIn, both_are_listed_with_their_roles) {
    using Role = ProjectionStatus::Role;
    project<Mended>();
    auto rebuild = app.rebuild<Mended>().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    const auto roles = [&] {
        std::vector<Role> found;
        for (const auto& status : app.projections()) found.push_back(status.role);
        return found;
    };
    EXPECT_EQ(roles(), (std::vector{Role::in_charge, Role::next}));
    EXPECT_EQ(rebuild.progress().position, rebuild.progress().head);
    ASSERT_TRUE(rebuild.cut_over().ok());
    EXPECT_EQ(roles(), (std::vector{Role::in_charge, Role::previous}));
    ASSERT_TRUE(rebuild.finish().ok());
    EXPECT_EQ(roles(), (std::vector{Role::in_charge}));
}

TEST_P(RebuildIn, a_live_query_goes_on_and_is_told_of_what_is_different_now) {
    project<Mended>();
    rebuilt::mended = true;
    auto rebuild = app.rebuild<Mended>().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    std::atomic<int> woken = 0;
    auto live = app.watch(BalanceOf{"a1"}, {.wake = [&] { ++woken; }}).value();
    auto steady = app.watch(BalanceOf{"a2"}).value();
    const Deadline soon = std::chrono::steady_clock::now() + patience;
    EXPECT_EQ(live.next(soon).value()->answer, 500);
    EXPECT_EQ(steady.next(soon).value()->answer, 301);
    std::optional<std::int64_t> told;
    std::thread watcher([&] { told = live.next(soon).value()->answer; });
    ASSERT_TRUE(rebuild.cut_over().ok());
    watcher.join();
    EXPECT_EQ(told, 400) << "without a new event";
    EXPECT_TRUE(comes([&] { return woken >= 1; }));
    EXPECT_EQ(steady.next(Deadline{}).value(), nullptr) << "the same answer is no news";
    ASSERT_TRUE(rebuild.finish().ok());
    const int before = woken;
    app.send(Deposit{"a1", 5}).value();
    EXPECT_EQ(live.next(soon).value()->answer, 405);
    EXPECT_TRUE(comes([&] { return woken > before; })) << "it listens to the new one";
}

TEST_P(RebuildIn, questions_are_answered_all_the_time) {
    project<Mended>();
    rebuilt::mended = true;
    auto rebuild = app.rebuild<Mended>().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    std::atomic<bool> over = false;
    std::atomic<std::uint64_t> asked = 0, wrong = 0;
    std::mutex telling;
    std::string refused;
    const auto tell = [&](const Error& error) {
        const std::lock_guard lock(telling);
        refused = error.message;
    };
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&] {
            while (!over) {
                const auto answer = app.ask(BalanceOf{"a1"});
                ++asked;
                if (!answer.ok()) tell(answer.error());
                if (answer.ok() && **answer != 500 && **answer != 400) ++wrong;
            }
        });
    }
    threads.emplace_back([&] {
        while (!over) {
            const auto receipt = app.send(Deposit{"a2", 1});
            if (const auto total = app.ask(TotalOfAll{}, after(receipt)); !total.ok()) tell(total.error());
        }
    });
    int moved = 0;
    for (int i = 0; i < 10; ++i) {
        moved += rebuild.cut_over().ok() && rebuild.roll_back().ok() ? 1 : 0;
        const std::uint64_t before = asked;
        EXPECT_TRUE(comes([&] { return asked > before + 10; }));
    }
    over = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(moved, 10);
    EXPECT_EQ(wrong, 0U);
    EXPECT_EQ(refused, "");
}

TEST_P(RebuildIn, an_answer_is_never_behind_a_receipt) {
    if (GetParam().life == Life::async) GTEST_SKIP() << "it is asked for, with after, in the test before this one";
    project<Mended>();
    auto rebuild = app.rebuild<Mended>().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    std::atomic<bool> over = false;
    std::atomic<std::uint64_t> behind = 0, sent = 0;
    std::vector<std::thread> threads;
    for (const std::string account : {"a1", "a2"}) {
        threads.emplace_back([&, account] {
            std::int64_t expected = cents(account);
            while (!over) {
                app.send(Deposit{account, 1}).value();
                ++sent;
                if (cents(account) != ++expected) ++behind;
            }
        });
    }
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(rebuild.cut_over().ok() && rebuild.roll_back().ok());
        const std::uint64_t before = sent;
        EXPECT_TRUE(comes([&] { return sent > before + 3; }));
    }
    over = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(behind, 0U);
}

TEST_P(RebuildIn, what_the_new_one_cannot_take_keeps_it_from_taking_over) {
    project<Balances>();
    auto rebuild = GetParam().file ? app.rebuild<Balances, Fragile>(sqlite(folder.file("fragile.db"))).value()
                                   : app.rebuild<Balances, Fragile>().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    ASSERT_EQ(rebuild.progress().quarantined.size(), 1U);
    EXPECT_EQ(rebuild.progress().quarantined[0].key, "account-a1");
    const Result<> refused = rebuild.cut_over();
    EXPECT_EQ(refused.error().code, Code::failed_precondition);
    EXPECT_NE(refused.error().message.find("account-a1"), std::string::npos) << refused.error().message;
    EXPECT_EQ(cents("a1"), 500);
    const RowDiff diff = rebuild.diff().value();
    ASSERT_EQ(diff.rows.size(), 2U);
    EXPECT_EQ(diff.rows[0].since->position, Position{0}) << diff;
    EXPECT_EQ(diff.unexplained, "");
    ASSERT_TRUE(rebuild.cut_over({.with_quarantine = true}).ok());
    EXPECT_EQ(app.ask(TotalOfAll{}).value(), 0);
    ASSERT_TRUE(rebuild.roll_back().ok());
    ASSERT_TRUE(app.discard<Fragile>("account-a1").ok()) << "it can be mended while it is beside";
    ASSERT_TRUE(rebuild.cut_over().ok());
    ASSERT_TRUE(rebuild.roll_back().ok());
    ASSERT_TRUE(rebuild.cancel().ok());
    EXPECT_EQ(rebuild.progress().state, RebuildProgress::State::cancelled);
    for (const std::string& file : files(folder.file("fragile.db"))) EXPECT_FALSE(std::filesystem::exists(file));
    EXPECT_TRUE(rebuild_v2().ok());
}

TEST_P(RebuildIn, refuses_what_is_not_its_turn) {
    EXPECT_EQ(app.rebuild<Balances>().error().code, Code::not_found);
    project<Balances>();
    auto rebuild = rebuild_v2().value();
    EXPECT_EQ(app.rebuild<Balances>().error().code, Code::already_exists);
    EXPECT_EQ(rebuild.finish().error().code, Code::failed_precondition);
    EXPECT_EQ(rebuild.roll_back().error().code, Code::failed_precondition);
    ASSERT_TRUE(rebuild.wait(patience).ok());
    EXPECT_EQ(rebuild.diff({.rows = 1001}).error().code, Code::invalid_argument);
    ASSERT_TRUE(rebuild.cut_over().ok());
    EXPECT_EQ(rebuild.cut_over().error().code, Code::failed_precondition);
    EXPECT_EQ(rebuild.cancel().error().code, Code::failed_precondition);
    app.close().value();
    EXPECT_EQ(rebuild.roll_back().error().code, Code::failed_precondition);
    EXPECT_EQ(rebuild.wait(patience).error().code, Code::failed_precondition);
    EXPECT_EQ(rebuild.diff().error().code, Code::failed_precondition);
    EXPECT_EQ(rebuild.progress().state, RebuildProgress::State::stopped);
}

/// What a handler that throws has done to a list cannot be undone, so the projection ends.
struct Lost {
    using Events = varve::Events<bank::Withdrawn>;
    using Queries = varve::Queries<BalanceOf, TotalOfAll>;
    std::vector<std::int64_t> all;
    void on(const bank::Withdrawn& e) {
        all.push_back(e.cents);
        throw std::runtime_error("cannot");
    }
    std::optional<std::int64_t> answer(const BalanceOf&) const { return {}; }
    std::int64_t answer(const TotalOfAll&) const { return 0; }
};

TEST(RebuildThatFails, leaves_the_old_one_in_charge) {
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 500}).value();
    const auto last = app.send(Withdraw{"a1", 100});
    app.project<Balances>();
    ASSERT_TRUE(app.ask(TotalOfAll{}, after(last)).ok());
    auto rebuild = app.rebuild<Balances, Lost>().value();
    EXPECT_FALSE(rebuild.wait(patience).ok());
    EXPECT_EQ(rebuild.progress().state, RebuildProgress::State::failed);
    EXPECT_TRUE(rebuild.progress().error);
    EXPECT_EQ(rebuild.cut_over({.with_quarantine = true}).error().code, Code::failed_precondition);
    EXPECT_FALSE(rebuild.diff().ok());
    EXPECT_EQ(app.ask(BalanceOf{"a1"}).value(), 500);
    EXPECT_TRUE(rebuild.cancel().ok());
}

TEST(RebuildOfMany, counts_all_and_tells_the_first) {
    App app = bank::in_memory();
    for (int i = 0; i < 50; ++i) {
        const std::string account = "a" + std::to_string(100 + i);
        app.send(Open{account, "x"}).value();
        app.send(Deposit{account, 10}).value();
        if (i < 30) app.send(Withdraw{account, 1}).value();
    }
    app.project<Balances>();
    auto rebuild = app.rebuild<Balances, BalancesV2>().value();
    ASSERT_TRUE(rebuild.wait(patience).ok());
    const RowDiff diff = rebuild.diff({.rows = 2}).value();
    EXPECT_EQ(diff.differences(), 30U);
    EXPECT_EQ(diff.equal(), 20U);
    ASSERT_EQ(diff.rows.size(), 2U);
    EXPECT_EQ(diff.rows[1].key, "\"a101\"");
}

}  // namespace
}  // namespace varve
