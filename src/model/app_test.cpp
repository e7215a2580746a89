#include "varve/app.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <latch>
#include <string>
#include <thread>
#include <utility>

#include "model/bank_fixture.hpp"
#include "model/effects_fixture.hpp"
#include "model/shop_fixture.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using bank::Account;
using bank::BalanceOf;
using bank::Balances;

TEST(App, runs_the_program_of_the_readme) {
    App app = bank::in_memory();
    app.project<Balances>();
    app.send(bank::Open{"a1", "Ann"}).value();
    app.send(bank::Deposit{"a1", 2000}).value();
    auto receipt = app.send(bank::Withdraw{"a1", 500});
    auto balance = app.ask(BalanceOf{"a1"}, after(receipt));
    ASSERT_TRUE(balance.ok()) << balance;
    EXPECT_EQ(**balance, 1500);
    EXPECT_EQ(balance.position(), Position{3});
    auto before = app.load<Account>("a1", as_of(Revision{1}));
    EXPECT_EQ(before->state.cents, 2000);
}

TEST(App, loads_as_of_a_moment_that_no_timestamp_can_hold) {
    App app = bank::in_memory();
    app.send(bank::Open{"a1", "Ann"}).value();
    EXPECT_TRUE(app.load<Account>("a1", as_of(std::chrono::sys_days::max()))->exists());
    EXPECT_FALSE(app.load<Account>("a1", as_of(std::chrono::sys_seconds::min()))->exists());
}

TEST(App, answers_a_receipt_with_revisions) {
    App app = bank::in_memory();
    const auto opened = app.send(bank::Open{"a1", "Ann"}).value();
    EXPECT_EQ(opened.first, Position{0});
    ASSERT_EQ(opened.streams.size(), 1U);
    EXPECT_EQ(opened.streams[0], (Receipt::StreamRevision{"account-a1", Revision{0}}));
}

TEST(App, a_rejection_is_a_value_and_writes_nothing) {
    App app = bank::in_memory();
    const auto refused = app.send(bank::Withdraw{"a1", 500});
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::failed_precondition);
    EXPECT_EQ(refused.error().reason, "account.not_open");
    EXPECT_EQ(refused.error().message, "Withdraw on account-a1 was rejected");
    EXPECT_EQ(app.store().head(), Position{0});
}

TEST(App, a_decision_without_events_answers_a_receipt_without_streams) {
    App app = bank::in_memory();
    app.project<Balances>();
    app.send(bank::Open{"a1", "Ann"}).value();
    const auto again = app.send(bank::Open{"a1", "Ann"});
    ASSERT_TRUE(again.ok()) << again.error();
    EXPECT_TRUE(again->streams.empty());
    EXPECT_EQ(again->first, Position{1});
    EXPECT_EQ(again->last, Position{1});
    EXPECT_EQ(app.ask(BalanceOf{"a1"}, after(again)).value(), 0);
}

TEST(App, moves_money_between_two_accounts_in_one_commit) {
    App app = bank::in_memory();
    app.project<Balances>();
    for (const char* name : {"a1", "a2"}) app.send(bank::Open{name, "x"}).value();
    app.send(bank::Deposit{"a1", 100}).value();
    const auto receipt = app.send(bank::Transfer{"a1", "a2", 30}).value();
    EXPECT_EQ(receipt.last - receipt.first, 1U);
    EXPECT_EQ(app.ask(BalanceOf{"a1"}, after(receipt)).value(), 70);
    EXPECT_EQ(app.ask(BalanceOf{"a2"}).value(), 30);
    EXPECT_EQ(app.send(bank::Transfer{"a1", "a1", 30}).value().streams.size(), 1U);
    EXPECT_EQ(app.load<Account>("a1")->state.cents, 70);
}

TEST(App, names_a_command_that_nobody_handles) {
    App app{open("memory:").value()};
    const auto sent = app.send(bank::Open{"a1", "Ann"});
    ASSERT_FALSE(sent.ok());
    EXPECT_EQ(sent.error().code, Code::unimplemented);
    EXPECT_NE(sent.error().message.find("handle<Open, State>"), std::string::npos) << sent.error();
}

TEST(App, names_a_query_that_nobody_answers) {
    const App app = bank::in_memory();
    const auto asked = app.ask(BalanceOf{"a1"});
    ASSERT_FALSE(asked.ok());
    EXPECT_EQ(asked.error().code, Code::unimplemented);
    EXPECT_NE(asked.error().message.find("BalanceOf"), std::string::npos) << asked.error();
}

TEST(App, a_second_handler_is_a_mistake_that_send_tells) {
    App app = bank::in_memory();
    const auto twice = app.handle<bank::Open, Account>(&bank::Open::account, bank::decide);
    ASSERT_FALSE(twice.ok());
    EXPECT_EQ(twice.error().code, Code::already_exists);
    EXPECT_EQ(app.send(bank::Open{"a1", "Ann"}).error().code, Code::already_exists);
    EXPECT_EQ(app.send(bank::Deposit{"a1", 1}).error().reason, "account.not_open");
}

TEST(App, an_empty_key_is_refused) {
    App app = bank::in_memory();
    EXPECT_EQ(app.send(bank::Open{"", "Ann"}).error().code, Code::invalid_argument);
    const auto loaded = app.load<bank::Account>("");
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().code, Code::invalid_argument);
    EXPECT_NE(loaded.error().message.find("Account"), std::string::npos) << loaded.error();
}

TEST(App, keys_may_be_integers_or_made_by_a_callable) {
    struct Rename {
        int account;
    };
    App app{open("memory:").value()};
    const auto rename = [](const Rename&, const Account&) { return accept(bank::Opened{"7", "Ann"}); };
    app.handle<Rename, Account>(&Rename::account, rename);
    app.handle<bank::Open, Account>([](const bank::Open& c) { return "by-" + c.owner; }, bank::decide);
    EXPECT_EQ(app.send(Rename{7}).value().streams[0].stream, "account-7");
    EXPECT_EQ(app.send(bank::Open{"a1", "Ann"}).value().streams[0].stream, "account-by-Ann");
    EXPECT_TRUE(app.load<Account>(7)->exists());
}

TEST(App, a_key_that_no_stream_can_have_is_named) {
    App app = bank::in_memory();
    const auto sent = app.send(bank::Deposit{"a\n1", 1});
    EXPECT_EQ(sent.error().code, Code::invalid_argument);
    EXPECT_NE(sent.error().message.find("command Deposit: the stream name "), std::string::npos) << sent.error();
}

TEST(App, only_what_runs_can_be_retried) {
    App app = bank::in_memory();
    const Result<> retried = app.retry("Nobody", "a1");
    EXPECT_EQ(retried.error().code, Code::not_found);
    EXPECT_EQ(retried.error().message, "no projection or process 'Nobody' runs in this App");
}

TEST(App, can_be_moved_while_its_projections_run) {
    App first = bank::in_memory();
    first.project<Balances>();
    App second = std::move(first);
    const auto receipt = second.send(bank::Open{"a1", "Ann"});
    EXPECT_TRUE(second.ask(BalanceOf{"a1"}, after(receipt, std::chrono::milliseconds::max())).ok());
}

TEST(App, close_stops_the_projections_and_the_store) {
    App app = bank::in_memory();
    app.project<Balances>();
    const auto receipt = app.send(bank::Open{"a1", "Ann"});
    app.ask(BalanceOf{"a1"}, after(receipt)).value();
    EXPECT_TRUE(app.close().ok());
    EXPECT_TRUE(app.close().ok());
    EXPECT_EQ(app.send(bank::Open{"a2", "Ann"}).error().code, Code::failed_precondition);
    EXPECT_EQ(app.ask(BalanceOf{"a1"}).value(), 0);
    EXPECT_EQ(app.projections().at(0).state, ProjectionStatus::State::stopped);
    const auto late = app.ask(BalanceOf{"a1"}, after(Position{99}));
    EXPECT_EQ(late.error().code, Code::failed_precondition);
}

TEST(App, two_threads_that_close_it_at_once_wait_for_one_another) {
    const TempFolder folder;
    for (int run = 0; run < 30; ++run) {
        App app{open("memory:").value(), {.snapshots = snapshots(folder.file("snapshots"))}};
        shop::handle(app);
        app.run<shop::Delivery>();
        app.project<effects::Mails>();
        app.send(shop::Place{"o1", 500}).value();
        std::latch both(2);
        const auto close = [&] {
            both.arrive_and_wait();
            const Result<> closed = app.close();
            EXPECT_TRUE(closed.ok()) << closed;
            EXPECT_EQ(app.processes().at(0).state, ProcessStatus::State::stopped);
            EXPECT_EQ(app.projections().at(0).state, ProjectionStatus::State::stopped);
        };
        std::thread other(close);
        close();
        other.join();
    }
}

}  // namespace
}  // namespace varve
