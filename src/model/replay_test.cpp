#include <gtest/gtest.h>

#include "model/bank_fixture.hpp"
#include "varve/app.hpp"

namespace varve {
namespace {

using bank::Account;
using bank::BalanceOf;
using bank::Balances;

/// a1: opened 0, +100 at 1, -30 at 3; a2: opened at 2.
class TimeTravel : public ::testing::Test {
public:
    TimeTravel() {
        app.send(bank::Open{"a1", "Ann"}).value();
        deposited = app.send(bank::Deposit{"a1", 100}).value();
        app.send(bank::Open{"a2", "Bob"}).value();
        app.send(bank::Withdraw{"a1", 30}).value();
    }

    App app = bank::in_memory();
    Receipt deposited;
};

TEST_F(TimeTravel, loads_an_entity_as_it_is) {
    const auto now = app.load<Account>("a1").value();
    EXPECT_EQ(now->cents, 70);
    EXPECT_EQ(now.revision, Revision{2});
    EXPECT_EQ(now.stream, "account-a1");
}

TEST_F(TimeTravel, loads_an_entity_as_of_a_revision_or_a_position) {
    EXPECT_EQ(app.load<Account>("a1", as_of(Revision{1}))->state.cents, 100);
    EXPECT_EQ(app.load<Account>("a1", as_of(Position{2}))->state.cents, 100);
    EXPECT_EQ(app.load<Account>("a1", as_of(Position{2}))->revision, Revision{1});
    EXPECT_EQ(app.load<Account>("a1", as_of(Position{3}))->state.cents, 70);
    EXPECT_EQ(app.load<Account>("a1", as_of(Position{99}))->state.cents, 70);
}

TEST_F(TimeTravel, loads_an_entity_as_of_a_time) {
    const auto before = deposited.time - std::chrono::hours(1);
    EXPECT_FALSE(app.load<Account>("a1", as_of(before))->exists());
    const auto later = std::chrono::system_clock::now() + std::chrono::hours(1);
    EXPECT_EQ(app.load<Account>("a1", as_of(later))->state.cents, 70);
}

TEST_F(TimeTravel, an_entity_that_never_was_has_no_revision) {
    const auto nobody = app.load<Account>("nobody").value();
    EXPECT_FALSE(nobody.exists());
    EXPECT_EQ(nobody->cents, 0);
    EXPECT_FALSE(app.load<Account>("a2", as_of(Position{1}))->exists());
}

TEST_F(TimeTravel, replays_a_read_model_as_of_a_position_or_a_time) {
    const auto then = app.replay<Balances>(as_of(Position{1})).value();
    EXPECT_EQ(then.ask(BalanceOf{"a1"}).value(), 100);
    EXPECT_EQ(then.ask(BalanceOf{"a2"}).value(), std::nullopt);
    EXPECT_EQ(then.ask(BalanceOf{"a1"}).position(), Position{2});
    EXPECT_EQ(then.model().balances.size(), 1U);
    const auto before = app.replay<Balances>(as_of(deposited.time - std::chrono::hours(1))).value();
    EXPECT_EQ(before.model().balances.size(), 0U);
    const auto now = app.replay<Balances>().value();
    EXPECT_EQ(now.ask(BalanceOf{"a1"}).value(), 70);
    EXPECT_EQ(now.position(), Position{4});
}

TEST_F(TimeTravel, a_read_model_has_no_revision) {
    EXPECT_EQ(app.replay<Balances>(as_of(Revision{1})).error().code, Code::invalid_argument);
}

TEST(TimeTravelOfNothing, an_empty_store_has_an_empty_past) {
    const App app = bank::in_memory();
    EXPECT_EQ(app.replay<Balances>().value().position(), Position{0});
    EXPECT_EQ(app.replay<Balances>(as_of(Position{5})).value().position(), Position{0});
}

}  // namespace
}  // namespace varve
