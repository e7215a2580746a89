// What each of the three lives of a projection promises beside what all of them do (projection_test.cpp).
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "model/bank_fixture.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using bank::BalanceOf;
using bank::Balances;
using bank::Deposit;
using bank::Deposited;
using bank::Open;
using bank::Opened;
using bank::TotalOfAll;

void deposit_from_elsewhere(App& app, const std::string& account) {
    app.store()
        .append(Commit{}.append(
            "account-" + account, Expected::any(),
            {{.stream = {}, .type = "Deposited", .data = R"({"account":")" + account + R"(","cents":1})"}}))
        .value();
}

TEST(InlinedLife, what_is_sent_is_in_the_rows_when_send_answers) {
    const TempFolder folder;
    App app = bank::in_memory();
    app.project<Balances>({.file = sqlite(folder.file("b.db")), .life = Life::inlined});
    app.send(Open{"a1", "Ann"}).value();
    for (int i = 0; i < 20; ++i) {
        const auto receipt = app.send(Deposit{"a1", 1}).value();
        // The status, not a question, which would catch up by itself.
        ASSERT_EQ(app.projections().at(0).position, receipt.last + 1);
    }
    EXPECT_EQ(app.projections().at(0).life, Life::inlined);
}

TEST(InlinedLife, many_senders_find_all_their_events) {
    App app = bank::in_memory();
    app.project<Balances>({.life = Life::inlined});
    std::atomic<int> wrong = 0;
    std::vector<std::thread> senders;
    for (int t = 0; t < 4; ++t) {
        senders.emplace_back([&app, &wrong, name = std::to_string(t)] {
            app.send(Open{name, "x"}).value();
            for (int i = 0; i < 100; ++i) {
                const auto receipt = app.send(Deposit{name, 1}).value();
                if (app.projections().at(0).position <= receipt.last) ++wrong;
            }
        });
    }
    for (std::thread& sender : senders) sender.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(app.ask(TotalOfAll{}).value(), 400);
}

/// Fails at 13 cents; waits at 14 until the test opens the gate.
struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    bool open = false;
    bool entered = false;
    void wait() {
        std::unique_lock lock(mutex);
        entered = true;
        changed.notify_all();
        changed.wait_for(lock, std::chrono::seconds(30), [&] { return open; });
    }
    void wait_until_entered() {
        std::unique_lock lock(mutex);
        changed.wait_for(lock, std::chrono::seconds(30), [&] { return entered; });
    }
    void unlock() {
        {
            const std::lock_guard lock(mutex);
            open = true;
        }
        changed.notify_all();
    }
};
Gate* gate = nullptr;

struct Watched {
    using Answer = std::uint64_t;
};
struct Picky {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Watched>;
    Table<bank::Balance> rows;
    void on(const Deposited& e, const Event& event) {
        if (e.cents == 13) throw std::runtime_error("unlucky");
        if (e.cents == 14) gate->wait();
        rows.put({std::to_string(event.position.value), e.cents});
    }
    std::uint64_t answer(const Watched&) const { return rows.size(); }
};

TEST(InlinedLife, what_fails_in_the_rows_is_no_error_of_the_command) {
    App app = bank::in_memory();
    app.project<Picky>({.life = Life::inlined, .first_delay = std::chrono::milliseconds(1)});
    app.send(Open{"a1", "Ann"}).value();
    app.send(Open{"a2", "Bob"}).value();
    const auto unlucky = app.send(Deposit{"a1", 13});
    ASSERT_TRUE(unlucky.ok()) << unlucky.error();
    const auto status = app.projections().at(0);
    EXPECT_EQ(status.position, unlucky->last + 1);
    ASSERT_EQ(status.quarantined.size(), 1U);
    EXPECT_EQ(status.quarantined[0].key, "account-a1");
    EXPECT_TRUE(app.send(Deposit{"a2", 1}).ok());
    EXPECT_EQ(app.ask(Watched{}).value(), 1U);
}

/// What cannot be put back ends it.
struct Hopeless {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Watched>;
    std::vector<std::int64_t> seen;
    void on(const Deposited& e) {
        seen.push_back(e.cents);
        throw std::runtime_error("unlucky");
    }
    std::uint64_t answer(const Watched&) const { return seen.size(); }
};

TEST(InlinedLife, nor_is_its_end) {
    for (const Life life : {Life::inlined, Life::live}) {
        App app = bank::in_memory();
        app.project<Hopeless>({.life = life});
        app.send(Open{"a1", "Ann"}).value();
        EXPECT_TRUE(app.send(Deposit{"a1", 13}).ok());
        EXPECT_TRUE(app.send(Deposit{"a1", 1}).ok());
        EXPECT_NE(app.ask(Watched{}).error().message.find("unlucky"), std::string::npos);
        EXPECT_EQ(app.projections().at(0).state, ProjectionStatus::State::failed);
    }
}

TEST(InlinedLife, a_slow_projection_holds_a_command_no_longer_than_its_deadline) {
    Gate closed;
    gate = &closed;
    App app = bank::in_memory();
    app.project<Picky>({.life = Life::inlined});
    app.send(Open{"a1", "Ann"}).value();
    std::thread slow([&] { EXPECT_TRUE(app.send(Deposit{"a1", 14}).ok()); });
    closed.wait_until_entered();
    const auto begun = std::chrono::steady_clock::now();
    const auto receipt = app.send(Deposit{"a1", 1}, {.deadline = begun + std::chrono::milliseconds(200)});
    EXPECT_TRUE(receipt.ok()) << receipt.error();
    closed.unlock();
    slow.join();
    EXPECT_EQ(app.ask(Watched{}, after(receipt)).value(), 2U);
}

TEST(InlinedLife, catches_up_after_a_restart_before_it_answers) {
    const TempFolder folder;
    const Store store = open("memory:").value();
    const ProjectionOptions options{.file = sqlite(folder.file("b.db")), .life = Life::inlined};
    {
        App app{store};
        bank::wire(app);
        app.project<Balances>(options);
        app.send(Open{"a1", "Ann"}).value();
    }
    {
        // A crash between append and rows looks like this: an App that had not heard.
        App app{store};
        bank::wire(app);
        app.send(Deposit{"a1", 5}).value();
    }
    App app{store};
    bank::wire(app);
    ASSERT_TRUE(app.project<Balances>(options).ok());
    EXPECT_EQ(app.ask(BalanceOf{"a1"}).value(), 5);
}

TEST(LiveLife, does_nothing_until_it_is_asked_and_then_all) {
    App app = bank::in_memory();
    app.project<Balances>({.life = Life::live});
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 5}).value();
    EXPECT_EQ(app.projections().at(0).position, Position{0});
    const auto answer = app.ask(BalanceOf{"a1"});
    EXPECT_EQ(answer.value(), 5);
    EXPECT_EQ(answer.position(), Position{2});
    deposit_from_elsewhere(app, "a1");
    EXPECT_EQ(app.projections().at(0).position, Position{2});
    EXPECT_EQ(app.ask(BalanceOf{"a1"}).value(), 6);
}

std::atomic<int> handled;
struct Counting {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Watched>;
    std::uint64_t seen = 0;
    void on(const Deposited&) {
        ++seen;
        ++handled;
    }
    std::uint64_t answer(const Watched&) const { return seen; }
};

TEST(LiveLife, of_many_who_ask_at_once_one_does_the_work) {
    handled = 0;
    App app = bank::in_memory();
    for (int i = 0; i < 500; ++i) deposit_from_elsewhere(app, "a1");
    app.project<Counting>({.life = Life::live});
    std::vector<std::thread> askers;
    for (int t = 0; t < 4; ++t) askers.emplace_back([&] { EXPECT_EQ(app.ask(Watched{}).value(), 500U); });
    for (std::thread& asker : askers) asker.join();
    EXPECT_EQ(handled, 500);
}

TEST(LiveLife, a_question_waits_no_longer_than_its_limit) {
    Gate closed;
    gate = &closed;
    App app = bank::in_memory();
    app.project<Picky>({.life = Life::live});
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 14}).value();
    std::thread slow([&] { EXPECT_EQ(app.ask(Watched{}, {.limit = std::chrono::minutes(1)}).value(), 1U); });
    closed.wait_until_entered();
    const auto late = app.ask(Watched{}, after(Position{41}, std::chrono::milliseconds(50)));
    closed.unlock();
    slow.join();
    EXPECT_EQ(late.error().code, Code::deadline_exceeded);
    EXPECT_EQ(app.ask(Watched{}).value(), 1U);
}

TEST(LiveLife, waits_for_what_another_will_write) {
    App app = bank::in_memory();
    app.project<Balances>({.life = Life::live});
    std::thread asker([&] {
        const auto answer = app.ask(BalanceOf{"a1"}, after(Position{1}, std::chrono::minutes(1)));
        EXPECT_EQ(answer.value(), 5);
    });
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 5}).value();
    asker.join();
}

class WatchedLife : public ::testing::TestWithParam<Life> {};
INSTANTIATE_TEST_SUITE_P(Lives, WatchedLife, ::testing::Values(Life::inlined, Life::async, Life::live));

/// A watcher is told of every change, whoever made it, while it watches.
TEST_P(WatchedLife, is_followed_for_its_watchers) {
    App app = bank::in_memory();
    app.project<Balances>({.life = GetParam(), .partitions = 2});
    app.send(Open{"a1", "Ann"}).value();
    std::atomic<int> woken = 0;
    auto live = app.watch(TotalOfAll{}, {.wake = [&] { ++woken; }}).value();
    EXPECT_EQ((*live.next())->answer, 0);
    for (std::int64_t i = 1; i <= 20; ++i) {
        deposit_from_elsewhere(app, i % 2 == 0 ? "a1" : "a2");
        const auto news = live.next(std::chrono::steady_clock::now() + std::chrono::seconds(10));
        ASSERT_TRUE(news.ok()) << news.error();
        ASSERT_NE(*news, nullptr);
        EXPECT_EQ((*news)->answer, i);
    }
    EXPECT_GT(woken, 0);
    live.close();
    EXPECT_TRUE(app.close().ok());
    EXPECT_EQ(app.projections().at(0).state, ProjectionStatus::State::stopped);
    EXPECT_EQ(app.ask(TotalOfAll{}).value(), 20);
}

}  // namespace
}  // namespace varve
