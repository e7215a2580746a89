#include "model/turns.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "model/bank_fixture.hpp"

namespace varve {
namespace {

using bank::Account;
using bank::Deposit;
using bank::Deposited;
using bank::Open;

struct Touch {
    std::string account, other;
};

class BusTurns : public ::testing::Test {
protected:
    BusTurns() {
        for (const std::string account : {"a1", "a2", "a3"}) app_.send(Open{account, "Ann"}).value();
    }
    /// Handles Touch by a function without arguments, while it has a1's turn.
    template <class F>
    void touch_does(F f) {
        app_.handle<Touch, Account>(&Touch::account, [f](const Touch&, const Account&) -> Decision { return f(); });
    }

    App app_ = bank::in_memory();
};

TEST_F(BusTurns, a_slow_decision_holds_up_its_own_entity_only) {
    std::latch deciding(1);
    std::latch enough(1);
    touch_does([&] {
        deciding.count_down();
        enough.wait();
        return accept();
    });
    std::jthread slow([&] { EXPECT_TRUE(app_.send(Touch{"a1", ""}).ok()); });
    deciding.wait();
    EXPECT_TRUE(app_.send(Deposit{"a2", 1}).ok());
    const auto late =
        app_.send(Deposit{"a1", 1}, {.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(10)});
    EXPECT_EQ(late.error().code, Code::deadline_exceeded);
    EXPECT_EQ(late.error().message.find("Deposit on account-a1: the time limit passed while it waited for its turn at "
                                        "account-a1, where Touch has been at work for "),
              0U)
        << late.error();
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(app_.send(Deposit{"a1", 1}, {.cancel = stop.get_token()}).error().code, Code::cancelled);
    enough.count_down();
    slow.join();
    EXPECT_TRUE(app_.send(Deposit{"a1", 1}).ok());
    EXPECT_EQ(app_.load<Account>("a1").value()->cents, 1) << "who was told that nothing was written wrote nothing";
}

TEST_F(BusTurns, commands_of_one_entity_do_not_conflict) {
    std::atomic<int> attempts = 0;
    app_.use([&](CommandContext& context, const Next& next) {
        auto receipt = next();
        attempts += context.attempts();
        return receipt;
    });
    {
        std::vector<std::jthread> senders;
        for (int sender = 0; sender < 8; ++sender) {
            senders.emplace_back([&] {
                for (int i = 0; i < 200; ++i) EXPECT_TRUE(app_.send(Deposit{"a1", 1}).ok());
            });
        }
    }
    EXPECT_EQ(attempts, 1600);
    EXPECT_EQ(app_.load<Account>("a1").value()->cents, 1600);
}

TEST_F(BusTurns, commands_over_several_entities_never_wait_in_a_circle) {
    for (const std::string account : {"a1", "a2", "a3"}) app_.send(Deposit{account, 1000}).value();
    std::vector<std::jthread> senders;
    for (int sender = 0; sender < 6; ++sender) {
        senders.emplace_back([&, sender] {
            for (int i = 0; i < 300; ++i) {
                const std::string from = "a" + std::to_string(1 + (sender + i) % 3);
                const std::string to = "a" + std::to_string(1 + (sender + i + 1 + i % 2) % 3);
                EXPECT_TRUE(app_.send(bank::Transfer{from, to, 1}).ok());
            }
        });
    }
    senders.clear();
    std::int64_t total = 0;
    for (const std::string account : {"a1", "a2", "a3"}) total += app_.load<Account>(account).value()->cents;
    EXPECT_EQ(total, 3000);
}

TEST_F(BusTurns, a_decision_that_sends_to_its_own_entity_is_told_so) {
    std::string told;
    touch_does([&]() -> Decision {
        const auto sent = app_.send(Deposit{"a1", 1});
        told = sent.error().message;
        return reject(sent.error().reason);
    });
    EXPECT_EQ(app_.send(Touch{"a1", ""}).error().reason, "command.inside_decision");
    EXPECT_EQ(told,
              "Deposit on account-a1: it was sent from inside of the decision of Touch about account-a1, for whose end "
              "it would wait; decide must depend on nothing but its arguments: send what follows when `send` has "
              "answered, from middleware, or from a process");
    EXPECT_TRUE(app_.send(Deposit{"a1", 1}).ok());
}

TEST_F(BusTurns, decisions_that_send_to_one_another_end) {
    // Each has the turn that the other's command wants: neither waits. What it wrote makes the other decide once more.
    std::latch both(2);
    std::atomic<int> sent[2] = {};
    app_.handle<Touch, Account>(&Touch::account, [&](const Touch& c, const Account&) -> Decision {
        if (sent[c.account == "a1" ? 0 : 1]++ > 0) return accept();
        both.arrive_and_wait();
        EXPECT_TRUE(app_.send(Deposit{c.other, 1}).ok());
        return accept();
    });
    {
        const std::jthread one([&] { EXPECT_TRUE(app_.send(Touch{"a1", "a2"}).ok()); });
        const std::jthread two([&] { EXPECT_TRUE(app_.send(Touch{"a2", "a1"}).ok()); });
    }
    EXPECT_TRUE(app_.send(Deposit{"a1", 1}).ok());
    EXPECT_EQ(app_.load<Account>("a1").value()->cents, 2);
    EXPECT_EQ(app_.load<Account>("a2").value()->cents, 1);
}

TEST_F(BusTurns, middleware_sends_outside_of_the_turn) {
    app_.use([&](CommandContext& context, const Next& next) {
        auto receipt = next();
        if (context.command() == "Withdraw") app_.send(Deposit{"a1", 7}).value();
        return receipt;
    });
    EXPECT_FALSE(app_.send(bank::Withdraw{"a1", 100}).ok());
    EXPECT_EQ(app_.load<Account>("a1").value()->cents, 7);
}

TEST_F(BusTurns, what_decide_throws_ends_its_turn) {
    touch_does([]() -> Decision { throw 7; });
    EXPECT_EQ(app_.send(Touch{"a1", ""}).error().code, Code::unknown);
    EXPECT_TRUE(app_.send(Deposit{"a1", 1}).ok());
}

}  // namespace
}  // namespace varve
