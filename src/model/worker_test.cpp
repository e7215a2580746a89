#include "model/worker.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
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
using bank::Open;
using bank::TotalOfAll;

/// Adds the events of one account, many to a commit.
void fill(Store& store, const std::string& account, std::int64_t deposits) {
    const std::string stream = "account-" + account;
    Commit commit;
    for (std::int64_t i = 0; i < deposits; ++i) {
        commit.events.push_back(
            {.stream = stream, .type = "Deposited", .data = R"({"account":")" + account + R"(","cents":1})"});
        if (commit.events.size() == 1000 || i + 1 == deposits) {
            store.append(std::move(commit)).value();
            commit = {};
        }
    }
}

TEST(Worker, many_batches_are_one_history) {
    const std::int64_t deposits = 40'017;
    App app = bank::in_memory();
    fill(app.store(), "a1", deposits);
    const TempFolder folder;
    ASSERT_TRUE(app.project<Balances>(sqlite(folder.file("b.db"))).ok());
    const auto answer =
        app.ask(BalanceOf{"a1"}, after(Position{static_cast<std::uint64_t>(deposits) - 1}, std::chrono::minutes(1)));
    EXPECT_EQ(answer.value(), deposits);
    EXPECT_GT(app.projections().at(0).events_per_second, 0);
}

TEST(Worker, ends_while_it_catches_up) {
    App app = bank::in_memory();
    fill(app.store(), "a1", 50'000);
    app.project<Balances>();
    EXPECT_TRUE(app.close().ok());
    const auto status = app.projections().at(0);
    EXPECT_EQ(status.state, ProjectionStatus::State::stopped);
    const auto answer = app.ask(BalanceOf{"a1"});
    ASSERT_TRUE(answer.ok()) << answer.error();
    EXPECT_EQ(answer->value_or(0), static_cast<std::int64_t>(answer.position().value));
}

/// Senders and askers at once, on a store that two projections follow.
TEST(Worker, everybody_reads_their_own_writes_under_load) {
    constexpr int threads = 4;
    constexpr int rounds = 100;
    const TempFolder folder;
    App app = bank::in_memory();
    app.project<Balances>(sqlite(folder.file("b.db")));
    for (int i = 0; i < threads; ++i) app.send(Open{std::to_string(i), "x"}).value();
    std::atomic<int> wrong = 0;
    std::vector<std::thread> people;
    for (int t = 0; t < threads; ++t) {
        people.emplace_back([&app, &wrong, name = std::to_string(t)] {
            for (std::int64_t i = 1; i <= rounds; ++i) {
                const auto receipt = app.send(Deposit{name, 1});
                const auto balance = app.ask(BalanceOf{name}, after(receipt, std::chrono::minutes(1)));
                if (!balance.ok() || *balance != i || balance.position() <= receipt->last) ++wrong;
            }
        });
    }
    for (std::thread& person : people) person.join();
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(app.ask(TotalOfAll{}).value(), threads * rounds);
}

/// Questions of a live projection, which a thread follows as long as somebody watches it.
TEST(Worker, who_asks_notices_when_a_thread_comes_and_goes) {
    constexpr int threads = 3;
    constexpr int rounds = 2'000;
    App app = bank::in_memory();
    app.project<Balances>({.life = Life::live});
    for (int i = 0; i < threads; ++i) app.send(Open{std::to_string(i), "x"}).value();
    std::atomic<int> at_work = threads;
    std::mutex telling;
    std::string refused;
    std::vector<std::thread> people;
    for (int t = 0; t < threads; ++t) {
        people.emplace_back([&, name = std::to_string(t)] {
            for (int i = 0; i < rounds; ++i) {
                const auto receipt = app.send(Deposit{name, 1});
                if (const auto total = app.ask(TotalOfAll{}, after(receipt)); !total.ok()) {
                    const std::lock_guard lock(telling);
                    refused = total.error().message;
                }
            }
            --at_work;
        });
    }
    while (at_work > 0) app.watch(TotalOfAll{}).value();
    for (std::thread& person : people) person.join();
    EXPECT_EQ(refused, "");
    EXPECT_EQ(app.ask(TotalOfAll{}).value(), threads * rounds);
}

}  // namespace
}  // namespace varve
