#include "varve/testing_process.hpp"

#include <gtest/gtest.h>

#include "model/shop_fixture.hpp"

namespace varve::testing {
namespace {

using shop::CancelOrder;
using shop::Delivery;
using shop::OrderPlaced;
using shop::Paid;
using shop::PaymentTimedOut;
using shop::Reminder;
using shop::Ship;
using shop::Shipped;
using std::chrono::hours;

TEST(TestingProcess, passes_what_is_answered_as_expected) {
    given_process<Delivery>()
        .when(OrderPlaced{"o1", 5})
        .then_sends()
        .then_sets_timer("payment", hours(24), PaymentTimedOut{"o1"})
        .then_sets_timer("reminder", std::chrono::minutes(600), Reminder{"o1", 1});
    given_process<Delivery>(OrderPlaced{"o1", 5})
        .when(Paid{"o1"})
        .then(cancel("payment"), cancel("reminder"), send(Ship{"o1"}));
    given_process<Delivery>(OrderPlaced{"o1", 5})
        .when(PaymentTimedOut{"o1"})
        .then_sends(CancelOrder{"o1", "payment timed out"})
        .then_finishes();
    given_process<Delivery>(OrderPlaced{"o1", 5}, Paid{"o1"})
        .when(Rejected<Ship>{{"o1"}, rejection("order.broken")})
        .then(send(CancelOrder{"o1", "order.broken"}), finish());
    given_process<Delivery>(Rejected<CancelOrder>{{"o1", "x"}, rejection("no")}).when(Shipped{"o1"}).then(finish());
    given_process<Delivery>().when(Rejected<CancelOrder>{{"o1", "x"}, rejection("no")}).then();
}

TEST(TestingProcess, shows_what_it_remembers) {
    EXPECT_TRUE(given_process<Delivery>(OrderPlaced{"o1", 5}, Paid{"o1"}).process().paid);
    EXPECT_EQ(given_process<Delivery>(OrderPlaced{"o1", 5}, Reminder{"o1", 3}).process().reminders, 3);
}

TEST(TestingProcess, shows_expected_and_actual_side_by_side) {
    const auto outcome = given_process<Delivery>(OrderPlaced{"o1", 5}).when(Paid{"o1"});
    try {
        outcome.then(send(Ship{"o2"}), timer("payment", std::chrono::minutes(90), PaymentTimedOut{"o1"}));
        FAIL() << "a mismatch must throw";
    } catch (const Mismatch& mismatch) {
        EXPECT_EQ(std::string(mismatch.what()),
                  "Delivery answered Paid otherwise\n"
                  "    expected                                                   actual\n"
                  "  ! send Ship {\"order\":\"o2\"}                                   send Ship {\"order\":\"o1\"}\n"
                  "  ! timer payment after 90min PaymentTimedOut {\"order\":\"o1\"}   cancel payment\n"
                  "  ! -                                                          cancel reminder\n");
    }
}

TEST(TestingProcess, each_kind_of_step_is_told_from_the_others) {
    const auto placed = given_process<Delivery>().when(OrderPlaced{"o1", 5});
    EXPECT_THROW(placed.then_sends(Ship{"o1"}), Mismatch);
    EXPECT_THROW(placed.then_sets_timer("payment", hours(23), PaymentTimedOut{"o1"}), Mismatch);
    EXPECT_THROW(placed.then_sets_timer("payment", Timestamp(hours(24)), PaymentTimedOut{"o1"}), Mismatch);
    EXPECT_THROW(placed.then_cancels("payment"), Mismatch);
    EXPECT_THROW(placed.then_finishes(), Mismatch);
    EXPECT_THROW(placed.then(), Mismatch);
}

struct Stray {
    using Hears = Events<Paid>;
    static std::string key(const Paid& e) { return e.order; }
    Steps on(const Paid& e) { return send(Ship{e.order}); }
};

TEST(TestingProcess, a_command_that_is_not_listed_fails_here_too) {
    const auto outcome = given_process<Stray>().when(Paid{"o1"});
    EXPECT_THROW(outcome.then_sends(Ship{"o1"}), Mismatch);
    EXPECT_THROW(outcome.then(send(Ship{"o1"})), Mismatch);
}

TEST(TestingProcess, what_cannot_be_stored_fails_here_too) {
    EXPECT_THROW(static_cast<void>(given_process<Delivery>(Paid{"\xff"})), Failure);
    EXPECT_THROW(static_cast<void>(given_process<Delivery>().when(OrderPlaced{"o1", -1})), std::runtime_error);
}

}  // namespace
}  // namespace varve::testing
