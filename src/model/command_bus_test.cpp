#include "model/command_bus.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
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
using bank::Opened;

/// A command whose decision the test writes.
struct Touch {
    std::string account, other;
};

Result<Receipt> decide_by(const std::function<Decision(const Account&)>& decision) {
    App app = bank::in_memory();
    app.handle<Touch, Account>(&Touch::account,
                               [&](const Touch&, const Account& account) { return decision(account); });
    return app.send(Touch{"a1", "a2"});
}

TEST(CommandBus, middleware_wraps_in_the_order_it_was_added) {
    App app = bank::in_memory();
    std::vector<std::string> seen;
    for (const std::string name : {"outer", "inner"}) {
        app.use([&seen, name](CommandContext& context, const Next& next) {
            seen.push_back(name + " " + std::string(context.command()) + " " + context.json().value());
            auto receipt = next();
            seen.push_back(name + (receipt.ok() ? " ok" : " no"));
            return receipt;
        });
    }
    app.send(Open{"a1", "Ann"}).value();
    EXPECT_EQ(seen, (std::vector<std::string>{R"(outer Open {"account":"a1","owner":"Ann"})",
                                              R"(inner Open {"account":"a1","owner":"Ann"})", "inner ok", "outer ok"}));
}

TEST(CommandBus, middleware_may_refuse) {
    App app = bank::in_memory();
    app.use([](CommandContext& context, const Next& next) -> Result<Receipt> {
        if (context.command() == "Open") return Error{.code = Code::permission_denied, .message = "not today"};
        return next();
    });
    EXPECT_EQ(app.send(Open{"a1", "Ann"}).error().code, Code::permission_denied);
    EXPECT_EQ(app.store().head(), Position{0});
}

TEST(CommandBus, what_middleware_throws_is_an_error) {
    App app = bank::in_memory();
    app.use([](CommandContext&, const Next&) -> Result<Receipt> { throw std::runtime_error("boom"); });
    const auto sent = app.send(Open{"a1", "Ann"});
    EXPECT_EQ(sent.error().code, Code::unknown);
    EXPECT_EQ(sent.error().message, "middleware 1 around command Open threw: boom");
}

TEST(CommandBus, middleware_of_one_type_sees_that_command_and_no_other) {
    App app = bank::in_memory();
    std::vector<std::string> seen;
    app.use<Open>([&](CommandContext& context, const Open& open, const Next& next) -> Result<Receipt> {
        seen.push_back(open.owner);
        if (open.owner == "Eve") return Error{.code = Code::permission_denied, .message = "not you"};
        context.options().metadata["clerk"] = "Bob";
        return next();
    });
    app.use([&](CommandContext& context, const Next& next) {
        seen.emplace_back(context.command());
        return next();
    });
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 5}).value();
    EXPECT_EQ(app.send(Open{"a2", "Eve"}).error().code, Code::permission_denied);
    EXPECT_EQ(seen, (std::vector<std::string>{"Ann", "Open", "Deposit", "Eve"}))
        << "in the order in which they were added";
    EXPECT_EQ(app.store().read({}).value().next()->metadata, R"({"clerk":"Bob"})");
}

TEST(CommandBus, a_command_sent_again_by_its_id_is_not_decided_again) {
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    app.send(Deposit{"a1", 500}).value();
    const Receipt first = app.send(bank::Withdraw{"a1", 400}, {.command_id = "w-1"}).value();
    EXPECT_FALSE(first.repeated);
    // Decided anew it would be rejected: there is not enough money any more.
    const Receipt again = app.send(bank::Withdraw{"a1", 400}, {.command_id = "w-1"}).value();
    EXPECT_TRUE(again.repeated);
    EXPECT_EQ(again.first, first.first);
    EXPECT_EQ(again.streams, first.streams);
    EXPECT_EQ(app.send(bank::Withdraw{"a1", 400}, {.command_id = "w-2"}).error().reason, "account.insufficient_funds");
    app.send(Deposit{"a1", 300}).value();
    EXPECT_FALSE(app.send(bank::Withdraw{"a1", 400}, {.command_id = "w-2"}).value().repeated)
        << "one that was rejected left no trace";
    EXPECT_EQ(app.load<Account>("a1").value().state.cents, 0);
    EXPECT_EQ(app.send(Deposit{"a1", 1}, {.command_id = std::string(300, 'x')}).error().code, Code::invalid_argument);
}

TEST(CommandBus, the_same_command_sent_by_many_happens_once) {
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    for (int round = 0; round < 20; ++round) {
        std::vector<std::jthread> senders;
        for (int sender = 0; sender < 4; ++sender) {
            senders.emplace_back([&] {
                const auto sent = app.send(Deposit{"a1", 1}, {.command_id = "d-" + std::to_string(round)});
                EXPECT_TRUE(sent.ok()) << sent;
            });
        }
    }
    EXPECT_EQ(app.load<Account>("a1").value().state.cents, 20);
}

TEST(CommandBus, options_become_metadata_of_every_event) {
    App app = bank::in_memory();
    app.use([](CommandContext& context, const Next& next) {
        context.options().metadata["user"] = "ann";
        return next();
    });
    app.send(Open{"a1", "Ann"}, {.correlation_id = "c-1", .causation_id = "m-2"}).value();
    auto cursor = app.store().read({}).value();
    const Event* event = cursor.next();
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->metadata, R"({"$causationId":"m-2","$correlationId":"c-1","user":"ann"})");
    EXPECT_EQ(event->data, R"({"account":"a1","owner":"Ann"})");
}

TEST(CommandBus, without_options_there_is_no_metadata) {
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    auto cursor = app.store().read({}).value();
    EXPECT_EQ(cursor.next()->metadata, "");
}

TEST(CommandBus, a_deadline_that_has_passed_writes_nothing) {
    App app = bank::in_memory();
    const auto sent = app.send(Open{"a1", "Ann"}, {.deadline = std::chrono::steady_clock::now()});
    EXPECT_EQ(sent.error().code, Code::deadline_exceeded);
    EXPECT_EQ(app.store().head(), Position{0});
}

TEST(CommandBus, what_is_cancelled_is_not_begun) {
    App app = bank::in_memory();
    std::stop_source stop;
    bool told = false;
    app.use([&](CommandContext& context, const Next& next) {
        EXPECT_FALSE(context.cancelled());
        EXPECT_EQ(context.deadline(), Deadline::max());
        stop.request_stop();
        told = context.cancelled();
        return next();
    });
    const auto sent = app.send(Open{"a1", "Ann"}, {.cancel = stop.get_token()});
    EXPECT_TRUE(told);
    EXPECT_EQ(sent.error().code, Code::cancelled);
    EXPECT_EQ(sent.error().message, "Open on account-a1: it was cancelled after 0 attempts; nothing was written");
    EXPECT_EQ(app.store().head(), Position{0});
}

TEST(CommandBus, what_is_cancelled_between_attempts_is_not_tried_again) {
    App app = bank::in_memory();
    app.send(Open{"a1", "Ann"}).value();
    std::stop_source stop;
    int decided = 0;
    app.handle<Touch, Account>(&Touch::account, [&](const Touch&, const Account&) {
        ++decided;
        app.store().append(Commit{}.append("account-a1", Expected::any(), {{.type = "x"}})).value();
        stop.request_stop();
        return accept(Deposited{"a1", 1});
    });
    EXPECT_EQ(app.send(Touch{"a1", ""}, {.cancel = stop.get_token()}).error().code, Code::cancelled);
    EXPECT_EQ(decided, 1);
    EXPECT_EQ(app.load<Account>("a1")->state.cents, 0);
}

TEST(CommandBus, what_decide_throws_names_command_and_entity) {
    const auto sent = decide_by([](const Account&) -> Decision { throw std::runtime_error("boom"); });
    EXPECT_EQ(sent.error().code, Code::unknown);
    EXPECT_EQ(sent.error().message, "decide of Touch on account-a1 threw: boom");
    EXPECT_EQ(decide_by([](const Account&) -> Decision { throw 7; }).error().code, Code::unknown);
}

struct Fragile {
    using Events = varve::Events<Opened>;
    static constexpr std::string_view category = "account";
    void evolve(const Opened&) { throw std::runtime_error("boom"); }
};

TEST(CommandBus, what_evolve_throws_names_the_event) {
    App app = bank::in_memory();
    app.handle<Touch, Fragile>(&Touch::account, [](const Touch&, const Fragile&) { return accept(); });
    app.send(Open{"a1", "Ann"}).value();
    const auto sent = app.send(Touch{"a1", ""});
    EXPECT_EQ(sent.error().code, Code::unknown);
    EXPECT_EQ(sent.error().message,
              "command Touch: stream 'account-a1' revision 0: evolve of Fragile with Opened threw: boom");
}

TEST(CommandBus, an_event_for_an_entity_that_was_not_loaded_is_refused) {
    const auto sent = decide_by([](const Account&) { return accept(on<Account>("a2", Deposited{"a2", 1})); });
    EXPECT_EQ(sent.error().code, Code::invalid_argument);
    EXPECT_NE(sent.error().message.find("account-a2, which it has not loaded"), std::string::npos) << sent.error();
}

TEST(CommandBus, an_event_that_the_state_does_not_list_is_refused) {
    struct Closed {
        std::string account;
    };
    const auto sent = decide_by([](const Account&) { return accept(Closed{"a1"}); });
    EXPECT_EQ(sent.error().code, Code::invalid_argument);
    EXPECT_NE(sent.error().message.find("Account does not list"), std::string::npos) << sent.error();
}

TEST(CommandBus, an_event_that_cannot_be_stored_writes_nothing) {
    const auto sent = decide_by([](const Account&) { return accept(Opened{"a1", "Ann"}, Opened{"\xff", "Ann"}); });
    EXPECT_EQ(sent.error().code, Code::invalid_argument);
    EXPECT_NE(sent.error().message.find("Touch on account-a1"), std::string::npos) << sent.error();
}

TEST(CommandBus, an_unaddressed_event_of_a_decision_over_two_entities_is_refused) {
    App app = bank::in_memory();
    app.handle<Touch, Account, Account>(
        &Touch::account, &Touch::other,
        [](const Touch&, const Account&, const Account&) { return accept(Deposited{"a1", 1}); });
    const auto sent = app.send(Touch{"a1", "a2"});
    EXPECT_EQ(sent.error().code, Code::invalid_argument);
    EXPECT_NE(sent.error().message.find("varve::on<State>(key, Deposited{...})"), std::string::npos) << sent.error();
}

TEST(CommandBus, several_events_and_vectors_are_one_commit) {
    const auto receipt = decide_by([](const Account&) {
                             return accept(Opened{"a1", "Ann"}, std::vector<Deposited>{{"a1", 1}, {"a1", 2}});
                         }).value();
    EXPECT_EQ(receipt.first, Position{0});
    EXPECT_EQ(receipt.last, Position{2});
}

TEST(CommandBus, decides_again_on_what_another_writer_wrote_meanwhile) {
    App app = bank::in_memory();
    App other{app.store()};
    bank::wire(other);
    app.send(Open{"a1", "Ann"}).value();
    std::vector<std::int64_t> seen;
    app.handle<Touch, Account>(&Touch::account, [&](const Touch&, const Account& account) {
        seen.push_back(account.cents);
        if (seen.size() == 1) other.send(Deposit{"a1", 5}).value();
        return accept(Deposited{"a1", 1});
    });
    int attempts = 0;
    app.use([&](CommandContext& context, const Next& next) {
        auto receipt = next();
        if (context.command() == "Touch") attempts = context.attempts();
        return receipt;
    });
    app.send(Touch{"a1", ""}).value();
    EXPECT_EQ(seen, (std::vector<std::int64_t>{0, 5}));
    EXPECT_EQ(attempts, 2);
    EXPECT_EQ(app.load<Account>("a1")->state.cents, 6);
}

TEST(CommandBus, a_stream_that_was_only_read_is_a_condition_too) {
    App app = bank::in_memory();
    App somebody{app.store()};
    bank::wire(somebody);
    int decided = 0;
    app.handle<Touch, Account, Account>(&Touch::account, &Touch::other,
                                        [&](const Touch& c, const Account&, const Account& other) -> Decision {
                                            ++decided;
                                            if (decided == 1) somebody.send(Open{c.other, "Bob"}).value();
                                            if (other.open) return reject("other.open");
                                            return accept(on<Account>(c.account, Opened{c.account, "Ann"}));
                                        });
    EXPECT_EQ(app.send(Touch{"a1", "a2"}).error().reason, "other.open");
    EXPECT_EQ(decided, 2);
    EXPECT_FALSE(app.load<Account>("a1")->exists());
}

TEST(CommandBus, gives_up_as_aborted_when_others_always_come_first) {
    App app = bank::in_memory();
    App other{app.store()};
    bank::wire(other);
    app.send(Open{"a1", "Ann"}).value();
    int decided = 0;
    app.handle<Touch, Account>(&Touch::account, [&](const Touch&, const Account&) {
        ++decided;
        other.send(Deposit{"a1", 1}).value();
        return accept(Deposited{"a1", 100});
    });
    const auto sent = app.send(Touch{"a1", ""});
    EXPECT_EQ(sent.error().code, Code::aborted);
    EXPECT_EQ(decided, decide_attempts);
    EXPECT_EQ(app.load<Account>("a1")->state.cents, decide_attempts);
    EXPECT_NE(sent.error().message.find("Touch on account-a1"), std::string::npos) << sent.error();
}

TEST(CommandBus, many_senders_lose_no_money) {
    constexpr int accounts = 4;
    constexpr int threads = 6;
    constexpr int transfers = 150;
    App app = bank::in_memory();
    for (int i = 0; i < accounts; ++i) {
        app.send(Open{std::to_string(i), "x"}).value();
        app.send(Deposit{std::to_string(i), 1000}).value();
    }
    std::vector<std::thread> senders;
    std::vector<int> odd(threads, 0);  // what is neither done, refused nor given up
    for (int t = 0; t < threads; ++t) {
        senders.emplace_back([&app, &odd, t] {
            for (int i = 0; i < transfers; ++i) {
                const int from = (t + i) % accounts;
                const auto sent = app.send(
                    bank::Transfer{std::to_string(from), std::to_string((from + 1 + i % 3) % accounts), 7 + i % 5});
                if (!sent.ok() && sent.error().reason.empty() && sent.error().code != Code::aborted) {
                    ++odd[static_cast<std::size_t>(t)];
                }
            }
        });
    }
    for (std::thread& sender : senders) sender.join();
    EXPECT_EQ(odd, std::vector<int>(threads, 0));
    std::int64_t total = 0;
    for (int i = 0; i < accounts; ++i) {
        const auto account = app.load<Account>(i).value();
        EXPECT_GE(account->cents, 0);
        total += account->cents;
    }
    EXPECT_EQ(total, 1000 * accounts);
}

}  // namespace
}  // namespace varve
