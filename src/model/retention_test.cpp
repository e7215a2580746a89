// Entities whose streams have settings.
#include <gtest/gtest.h>

#include <chrono>
#include <memory>

#include "io/simulated.hpp"
#include "memory/memory_engine.hpp"
#include "model/bank_fixture.hpp"

namespace varve {
namespace {

using bank::Account;

TEST(EntityRetention, folds_what_is_kept) {
    App app = bank::in_memory();
    app.send(bank::Open{"a1", "Ann"}).value();
    for (const std::int64_t cents : {100, 20, 3}) app.send(bank::Deposit{"a1", cents}).value();
    app.store().keep("account-a1", {.max_count = 2}).value();
    const auto account = app.load<Account>("a1").value();
    EXPECT_EQ(account->cents, 23);
    EXPECT_EQ(account.revision, Revision{3});
}

TEST(EntityRetention, a_deleted_one_begins_again) {
    App app = bank::in_memory();
    app.send(bank::Open{"a1", "Ann"}).value();
    app.send(bank::Deposit{"a1", 100}).value();
    app.store().remove("account-a1").value();
    EXPECT_FALSE(app.load<Account>("a1").value().exists());
    EXPECT_EQ(app.send(bank::Deposit{"a1", 5}).error().reason, "account.not_open");
    const auto receipt = app.send(bank::Open{"a1", "Ben"}).value();
    EXPECT_EQ(receipt.streams.front().last, Revision{2});
    app.send(bank::Deposit{"a1", 5}).value();
    EXPECT_EQ(app.load<Account>("a1").value()->cents, 5);
}

TEST(EntityRetention, one_with_a_tombstone_is_an_error) {
    App app = bank::in_memory();
    app.send(bank::Open{"a1", "Ann"}).value();
    app.send(bank::Open{"a2", "Ben"}).value();
    app.store().tombstone("account-a1").value();
    const auto loaded = app.load<Account>("a1");
    const auto as_it_was = app.load<Account>("a1", as_of(Position{0}));
    const auto sent = app.send(bank::Open{"a1", "Ann"});
    const auto both = app.send(bank::Transfer{"a2", "a1", 0});
    for (const Error& error : {loaded.error(), as_it_was.error(), sent.error(), both.error()}) {
        EXPECT_EQ(error.code, Code::failed_precondition) << error;
        EXPECT_EQ(error.reason, "stream.tombstoned");
        EXPECT_NE(error.message.find("account-a1"), std::string::npos) << error;
    }
}

TEST(EntityRetention, one_whose_events_are_all_too_old_goes_on) {
    const auto clock = std::make_shared<io::ManualClock>();
    App app{Store(memory::memory_engine(clock))};
    bank::wire(app);
    app.store().keep("account-a1", {.max_age = std::chrono::seconds(60)}).value();
    app.send(bank::Open{"a1", "Ann"}).value();
    clock->advance(std::chrono::seconds(100));
    EXPECT_FALSE(app.load<Account>("a1").value().exists());
    const auto receipt = app.send(bank::Open{"a1", "Ann"}).value();
    EXPECT_EQ(receipt.streams.front().last, Revision{1});
    EXPECT_EQ(app.load<Account>("a1").value().revision, Revision{1});
}

}  // namespace
}  // namespace varve
