#include "model/live_query.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "model/bank_fixture.hpp"
#include "model/rebuild_fixture.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using bank::BalanceOf;
using bank::Balances;
using bank::Deposit;
using bank::Open;
using bank::TotalOfAll;

constexpr Deadline at_once{};

Deadline soon() {
    return std::chrono::steady_clock::now() + std::chrono::seconds(20);
}

/// Wherever the read model is kept.
class LiveIn : public ::testing::TestWithParam<bool> {
public:
    Wiring project(App& to) {
        return GetParam() ? to.project<Balances>(sqlite(folder.file("model.db"))) : to.project<Balances>();
    }
    /// Deposits, and waits until that can be asked for.
    Position deposit(const std::string& account, std::int64_t cents) {
        const auto receipt = app.send(Deposit{account, cents});
        EXPECT_TRUE(app.ask(TotalOfAll{}, after(receipt)).ok());
        return receipt->last;
    }
    void SetUp() override {
        project(app);
        app.send(Open{"a1", "Ann"}).value();
        app.send(Open{"a2", "Bob"}).value();
        deposit("a2", 1);
    }

    TempFolder folder;
    App app = bank::in_memory();
};

INSTANTIATE_TEST_SUITE_P(Kept, LiveIn, ::testing::Bool(),
                         [](const auto& kept) { return kept.param ? "in_sqlite" : "in_memory"; });

TEST_P(LiveIn, gives_the_first_answer_and_each_different_one) {
    auto live = app.watch(BalanceOf{"a1"}).value();
    const auto first = live.next(soon()).value();
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(first->answer, 0);
    EXPECT_EQ(first->position, Position{3});
    EXPECT_EQ(live.next(at_once).value(), nullptr);
    deposit("a2", 5);
    EXPECT_EQ(live.next(at_once).value(), nullptr) << "another account's business";
    const Position changed = deposit("a1", 7);
    const auto second = live.next(soon()).value();
    EXPECT_EQ(second->answer, 7);
    EXPECT_EQ(second->position, changed + 1);
    EXPECT_EQ(live.next(at_once).value(), nullptr);
}

TEST_P(LiveIn, every_answer_is_of_its_position_while_events_pour_in) {
    constexpr std::int64_t deposits = 400;
    auto live = app.watch(BalanceOf{"a1"}, {.from = Position{3}}).value();
    std::thread writer([&] {
        for (std::int64_t i = 0; i < deposits; ++i) app.send(Deposit{"a1", 1}).value();
    });
    Position last;
    std::int64_t balance = -1;
    while (balance < deposits) {
        const auto news = live.next(soon()).value();
        ASSERT_NE(news, nullptr);
        EXPECT_GT(news->position, last);
        EXPECT_GT(*news->answer, balance);
        EXPECT_EQ(Position{static_cast<std::uint64_t>(*news->answer) + 3}, news->position);
        last = news->position;
        balance = *news->answer;
    }
    writer.join();
}

TEST_P(LiveIn, a_slow_watcher_gets_the_newest_answer) {
    auto live = app.watch(BalanceOf{"a1"}).value();
    EXPECT_EQ(live.next(soon()).value()->answer, 0);
    for (int i = 0; i < 20; ++i) deposit("a1", 1);
    EXPECT_EQ(live.next(soon()).value()->answer, 20);
    EXPECT_EQ(live.next(at_once).value(), nullptr);
}

TEST_P(LiveIn, goes_on_behind_what_its_watcher_has) {
    auto before = app.watch(BalanceOf{"a1"}).value();
    const std::string resume = before.next(soon()).value()->resume;
    before.close();

    EXPECT_EQ(app.watch(BalanceOf{"a1"}, {.resume = resume})->next(at_once).value(), nullptr);
    deposit("a2", 5);
    EXPECT_EQ(app.watch(BalanceOf{"a1"}, {.resume = resume})->next(at_once).value(), nullptr) << "known already";
    deposit("a1", 7);
    auto live = app.watch(BalanceOf{"a1"}, {.resume = resume}).value();
    const auto news = live.next(soon()).value();
    EXPECT_EQ(news->answer, 7);
    EXPECT_EQ(news->position, Position{5});
    EXPECT_NE(news->resume, resume);
}

TEST_P(LiveIn, never_goes_back_behind_what_its_watcher_has_seen) {
    deposit("a1", 7);
    auto before = app.watch(BalanceOf{"a1"}).value();
    const std::string resume = before.next(soon()).value()->resume;
    Store store = app.store();
    app = App{store};
    bank::wire(app);
    project(app);
    auto live = app.watch(BalanceOf{"a1"}, {.resume = resume}).value();
    deposit("a1", 1);
    const auto news = live.next(soon()).value();
    EXPECT_EQ(news->answer, 8);
    EXPECT_EQ(live.next(at_once).value(), nullptr);
    EXPECT_EQ(before.next(soon()).error().message, "query BalanceOf: its App is gone");
}

TEST_P(LiveIn, close_ends_a_next_that_waits) {
    auto live = app.watch(BalanceOf{"a1"}).value();
    EXPECT_NE(live.next(soon()).value(), nullptr);
    std::thread closer([&] { live.close(); });
    EXPECT_EQ(live.next(soon()).error().code, Code::cancelled);
    closer.join();
    EXPECT_EQ(live.next(soon()).error().code, Code::cancelled);

    auto of_app = app.watch(BalanceOf{"a1"}).value();
    EXPECT_NE(of_app.next(soon()).value(), nullptr);
    std::thread app_closer([&] { app.close().value(); });
    const auto end = of_app.next(soon());
    app_closer.join();
    EXPECT_EQ(end.error().code, Code::cancelled);
    EXPECT_EQ(end.error().message, "query BalanceOf: projection Balances was stopped with its App at position 3");
}

TEST_P(LiveIn, one_thread_serves_many_when_it_is_woken) {
    std::mutex mutex;
    std::condition_variable woken;
    int wakes = 0;
    const auto wake = [&] {
        {
            const std::lock_guard lock(mutex);
            ++wakes;
        }
        woken.notify_all();
        throw std::runtime_error("lost");
    };
    std::vector<Live<BalanceOf>> lives;
    for (const char* account : {"a1", "a2", "a3"})
        lives.push_back(app.watch(BalanceOf{account}, {.wake = wake}).value());
    for (auto& live : lives) EXPECT_NE(live.next(at_once).value(), nullptr);
    app.send(Deposit{"a1", 7}).value();
    app.send(Deposit{"a2", 7}).value();
    std::vector<std::optional<std::int64_t>> newest(lives.size());
    while (newest[0] != 7 || newest[1] != 8) {
        {
            std::unique_lock lock(mutex);
            ASSERT_TRUE(woken.wait_until(lock, soon(), [&] { return wakes > 0; }));
            wakes = 0;
        }
        for (std::size_t i = 0; i < lives.size(); ++i) {
            if (const auto news = lives[i].next(at_once).value(); news != nullptr) newest[i] = news->answer;
        }
    }
    EXPECT_EQ(newest[2], std::nullopt);
    for (auto& live : lives) live.close();
    {
        const std::lock_guard lock(mutex);
        wakes = 0;
    }
    deposit("a1", 1);
    const std::lock_guard lock(mutex);
    EXPECT_EQ(wakes, 0);
}

/// Cannot answer while the balance is 13.
struct Moody {
    using Answer = std::int64_t;
};
struct MoodyBalance {
    using Events = varve::Events<bank::Deposited>;
    using Queries = varve::Queries<Moody>;
    Table<bank::Balance> balances;
    std::string note;  ///< cannot be put back when a handler throws, so that the projection ends
    void on(const bank::Deposited& e) {
        if (e.cents < 0) throw std::runtime_error("less than nothing");
        balances.put({e.account, e.cents});
    }
    std::int64_t answer(const Moody&) const {
        const auto row = balances.get("a1");
        if (row && row->cents == 13) throw std::runtime_error("unlucky");
        return row ? row->cents : 0;
    }
};

TEST_P(LiveIn, an_answer_that_throws_is_told_once_and_the_next_one_comes) {
    app.project<MoodyBalance>();
    auto live = app.watch(Moody{}, {.from = Position{3}}).value();
    EXPECT_EQ(live.next(soon()).value()->answer, 0);
    app.send(Deposit{"a1", 13}).value();
    EXPECT_EQ(live.next(soon()).error().code, Code::unknown);
    EXPECT_EQ(live.next(at_once).value(), nullptr);
    app.send(Deposit{"a1", 14}).value();
    EXPECT_EQ(live.next(soon()).value()->answer, 14);
    app.send(Deposit{"a1", -1}).value();
    const auto failed = live.next(soon());
    ASSERT_FALSE(failed.ok());
    EXPECT_NE(failed.error().message.find("less than nothing"), std::string::npos) << failed.error();
}

TEST(LiveQuery, refuses_what_it_cannot_resume_from) {
    App app = bank::in_memory();
    EXPECT_EQ(app.watch(BalanceOf{"a1"}).error().code, Code::unimplemented);
    app.project<Balances>();
    const std::string hash(32, 'a');
    for (const std::string& wrong :
         {std::string("x"), "0-" + hash + "a", "0-" + hash.substr(1), "-" + hash, "0" + hash,
          "0-" + hash.substr(1) + "g", "99999999999999999999-" + hash, std::string(10'000, '\xff')}) {
        const auto refused = app.watch(BalanceOf{"a1"}, {.resume = wrong});
        ASSERT_FALSE(refused.ok()) << wrong;
        EXPECT_EQ(refused.error().code, Code::invalid_argument);
        EXPECT_NE(refused.error().message.find("is no place to resume from"), std::string::npos) << refused.error();
        EXPECT_LT(refused.error().message.size(), 1000U);
    }
    EXPECT_TRUE(app.watch(BalanceOf{"a1"}, {.resume = "0-" + hash}).ok());
    EXPECT_NE(app.watch(BalanceOf{"a1"}, {.resume = "1-" + hash}).error().message.find("of another store"),
              std::string::npos);
}

TEST_P(LiveIn, one_that_is_refused_takes_nothing_from_the_others) {
    for (int i = 0; i < 3; ++i)
        EXPECT_EQ(app.watch(BalanceOf{"a1"}, {.resume = "nonsense"}).error().code, Code::invalid_argument);
    deposit("a1", 1);
    EXPECT_NE(app.projections().at(0).state, ProjectionStatus::State::stopped);
}

TEST(LiveQuery, is_told_what_a_cut_over_has_changed_also_when_it_comes_back) {
    rebuilt::mended = false;
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 500}).value();
    const auto last = app.send(bank::Withdraw{"a1", 100});
    app.project<rebuilt::Mended>();
    auto open_all_the_time = app.watch(BalanceOf{"a1"}, {.from = last->last + 1}).value();
    const LiveAnswer before = *open_all_the_time.next(soon()).value();
    EXPECT_EQ(before.answer, 500);

    rebuilt::mended = true;
    auto rebuild = app.rebuild<rebuilt::Mended>().value();
    ASSERT_TRUE(rebuild.wait(std::chrono::seconds(20)).ok());
    ASSERT_TRUE(rebuild.cut_over().ok());
    auto back = app.watch(BalanceOf{"a1"}, {.resume = before.resume}).value();
    for (auto* live : {&open_all_the_time, &back}) {
        const auto news = live->next(soon()).value();
        ASSERT_NE(news, nullptr);
        EXPECT_EQ(news->answer, 400);
        EXPECT_EQ(news->position, before.position) << "nothing has happened since";
        EXPECT_EQ(live->next(at_once).value(), nullptr) << "it is told once";
    }
}

}  // namespace
}  // namespace varve
