#include "model/command_meter.hpp"

#include <gtest/gtest.h>

#include <future>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include "model/bank_fixture.hpp"
#include "varve/limits.hpp"

namespace varve {
namespace {

using bank::Account;
using bank::Deposit;
using bank::Deposited;
using bank::Open;
using bank::Withdraw;

CommandStatus status_of(const App& app, const std::string& command) {
    for (CommandStatus& each : app.commands()) {
        if (each.command == command) return std::move(each);
    }
    return {};
}

/// A command whose decision the test writes.
struct Touch {
    std::string account;
};

TEST(Commands, are_counted_by_what_became_of_them) {
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    EXPECT_FALSE(app.send(Open{"a1", "Ann"}, {.deadline = {}}).ok());
    app.send(Deposit{"a1", 9}, {.command_id = "d"}).value();
    app.send(Deposit{"a1", 9}, {.command_id = "d"}).value();
    EXPECT_FALSE(app.send(Withdraw{"a1", 99}).ok());
    EXPECT_FALSE(app.send(Withdraw{"a2", 99}).ok());
    EXPECT_FALSE(app.send(Withdraw{"a3", 99}).ok());

    const CommandStatus opened = status_of(app, "Open");
    EXPECT_EQ(opened.sent, 2U);
    EXPECT_EQ(opened.accepted, 1U);
    EXPECT_EQ(opened.failed, 1U);
    EXPECT_EQ(opened.attempts, 1U);
    const CommandStatus deposited = status_of(app, "Deposit");
    EXPECT_EQ(deposited.accepted, 1U);
    EXPECT_EQ(deposited.repeated, 1U);
    const CommandStatus withdrawn = status_of(app, "Withdraw");
    EXPECT_EQ(withdrawn.rejected, 3U);
    EXPECT_EQ(withdrawn.reasons,
              (std::map<std::string, std::uint64_t>{{"account.insufficient_funds", 1}, {"account.not_open", 2}}));
    EXPECT_GT(withdrawn.slowest.count(), 0);
    EXPECT_GE(withdrawn.total, withdrawn.slowest);
    EXPECT_EQ(withdrawn.in_flight, 0U);
    EXPECT_FALSE(withdrawn.longest);
    EXPECT_EQ(status_of(app, "Transfer").sent, 0U) << "every handler has a line";
}

TEST(Commands, attempts_after_a_conflict_are_counted) {
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    int decided = 0;
    app.handle<Touch, Account>(&Touch::account, [&](const Touch&, const Account&) {
        if (++decided < 3) app.store().append(Commit{}.append("account-a1", Expected::any(), {{.type = "x"}})).value();
        return accept(Deposited{"a1", 1});
    });
    app.send(Touch{"a1"}).value();
    EXPECT_EQ(status_of(app, "Touch").attempts, 3U);
    EXPECT_EQ(status_of(app, "Touch").conflicts, 2U);
}

TEST(Commands, an_endless_decision_is_visible_by_command_and_entity) {
    App app = bank::in_memory();
    std::latch deciding(1), enough(1);
    app.handle<Touch, Account>(&Touch::account, [&](const Touch&, const Account&) {
        deciding.count_down();
        enough.wait();
        return accept();
    });
    auto endless = std::async(std::launch::async, [&] { return app.send(Touch{"a1"}); });
    deciding.wait();
    const CommandStatus status = status_of(app, "Touch");
    EXPECT_EQ(status.in_flight, 1U);
    ASSERT_TRUE(status.longest);
    EXPECT_EQ(status.longest->entity, "account-a1");
    EXPECT_EQ(status.longest->stage, CommandStage::deciding);
    EXPECT_EQ(to_string(status.longest->stage), "deciding");
    EXPECT_GT(status_of(app, "Touch").longest->running, status.longest->running);
    enough.count_down();
    EXPECT_TRUE(endless.get().ok());
    EXPECT_EQ(status_of(app, "Touch").in_flight, 0U);
}

TEST(Commands, the_longest_is_the_one_begun_first) {
    App app = bank::in_memory();
    std::latch enough(1);
    std::vector<std::future<Result<Receipt>>> at_work;
    for (const std::string account : {"a1", "a2", "a3"}) {
        std::latch inside(1);
        app.use([&](CommandContext& context, const Next& next) {
            if (context.json()->find(account) != std::string::npos) {
                inside.count_down();
                enough.wait();
            }
            return next();
        });
        at_work.push_back(app.send_async(Open{account, "Ann"}));
        inside.wait();
        const CommandStatus status = status_of(app, "Open");
        EXPECT_EQ(status.in_flight, at_work.size());
        EXPECT_EQ(status.longest->stage, CommandStage::middleware);
        EXPECT_EQ(status.longest->entity, "") << "it is not known yet";
    }
    enough.count_down();
    for (auto& each : at_work) EXPECT_TRUE(each.get().ok());
}

TEST(Commands, count_so_many_reasons_and_no_more) {
    App app = bank::in_memory();
    app.handle<Touch, Account>(&Touch::account, [](const Touch& c, const Account&) { return reject(c.account); });
    std::vector<std::jthread> senders;
    for (int sender = 0; sender < 4; ++sender) {
        senders.emplace_back([&app] {
            for (int i = 0; i < 100; ++i) EXPECT_FALSE(app.send(Touch{"reason-" + std::to_string(i)}).ok());
        });
    }
    senders.clear();
    const CommandStatus status = status_of(app, "Touch");
    EXPECT_EQ(status.rejected, 400U);
    EXPECT_EQ(status.reasons.size(), limits::command_reasons);
}

TEST(Commands, are_summed_over_all_threads) {
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    std::vector<std::jthread> senders;
    for (int sender = 0; sender < 40; ++sender) {  // more than there are parts
        senders.emplace_back([&app, sender] {
            for (int i = 0; i < 20; ++i) app.send(Open{std::to_string(sender), "x"}).value();
        });
    }
    senders.clear();
    EXPECT_EQ(status_of(app, "Open").sent, 801U);
    EXPECT_EQ(status_of(app, "Open").accepted, 801U);
}

}  // namespace
}  // namespace varve
