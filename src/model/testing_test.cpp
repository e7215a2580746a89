#include "varve/testing.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "model/bank_fixture.hpp"

namespace varve::testing {
namespace {

using bank::Account;
using bank::Deposited;
using bank::Opened;
using bank::Withdraw;
using bank::Withdrawn;

TEST(Testing, passes_what_is_decided_as_expected) {
    given<Account>(Opened{"a1", "Ann"}, Deposited{"a1", 500}).when(Withdraw{"a1", 200}).then(Withdrawn{"a1", 200});
    given<Account>().when(Withdraw{"a1", 200}).then_rejected("account.not_open");
    given<Account>(Opened{"a1", "Ann"}).when(bank::Open{"a1", "Ann"}).then();
}

TEST(Testing, shows_expected_and_actual_events_side_by_side) {
    const auto outcome = given<Account>(Opened{"a1", "Ann"}, Deposited{"a1", 500}).when(Withdraw{"a1", 200});
    try {
        outcome.then(Withdrawn{"a1", 300}, Deposited{"a1", 1});
        FAIL() << "a mismatch must throw";
    } catch (const Mismatch& mismatch) {
        EXPECT_EQ(std::string(mismatch.what()),
                  "Withdraw was decided otherwise\n"
                  "    expected                                 actual\n"
                  "  ! Withdrawn {\"account\":\"a1\",\"cents\":300}   Withdrawn {\"account\":\"a1\",\"cents\":200}\n"
                  "  ! Deposited {\"account\":\"a1\",\"cents\":1}     -\n");
    }
}

TEST(Testing, tells_a_rejection_from_events) {
    EXPECT_THROW(given<Account>().when(Withdraw{"a1", 200}).then(Withdrawn{"a1", 200}), Mismatch);
    EXPECT_THROW(given<Account>(Opened{"a1", "Ann"}).when(bank::Deposit{"a1", 2}).then_rejected("account.not_open"),
                 Mismatch);
    EXPECT_THROW(given<Account>().when(Withdraw{"a1", 200}).then_rejected("account.closed"), Mismatch);
}

TEST(Testing, decides_over_several_entities) {
    given<Account>(Opened{"a1", "Ann"}, Deposited{"a1", 500})
        .and_given<Account>(Opened{"a2", "Bob"})
        .when(bank::Transfer{"a1", "a2", 200})
        .then(on<Account>("a1", Withdrawn{"a1", 200}), on<Account>("a2", Deposited{"a2", 200}));
}

TEST(Testing, takes_a_lambda_for_decide_and_shows_the_state) {
    const auto rich = given<Account>(Opened{"a1", "Ann"}, Deposited{"a1", 500});
    EXPECT_EQ(rich.state().cents, 500);
    rich.when(Withdraw{"a1", 1}, [](const Withdraw&, const Account&) { return reject("no"); }).then_rejected("no");
}

TEST(Testing, asks_a_projection_that_has_seen_events) {
    const auto balances = given_events<bank::Balances>(Opened{"a1", "Ann"}, Deposited{"a1", 500}, Withdrawn{"a1", 100});
    EXPECT_EQ(balances.ask(bank::BalanceOf{"a1"}), 400);
    EXPECT_EQ(balances.ask(bank::BalanceOf{"a2"}), std::nullopt);
    EXPECT_EQ(balances.model().balances.size(), 1U);
}

TEST(Testing, an_event_that_cannot_be_stored_fails_here_too) {
    EXPECT_THROW(static_cast<void>(given<Account>(Opened{"a1", "\xff"})), Failure);
}

}  // namespace
}  // namespace varve::testing
