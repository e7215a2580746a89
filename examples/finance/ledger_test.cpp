#include "finance/ledger.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "finance/statements.hpp"
#include "varve/testing.hpp"
#include "varve/testing_properties.hpp"
#include "varve/testing_schema.hpp"

namespace finance {
namespace {

using namespace varve::testing;

const AccountOpened bank{"bank"}, sales{"sales"};
const std::vector<Line> sale{{"bank", 500}, {"sales", -500}};
const Posted posted{"e1", "2026-01-31", "sale", sale};

/// What happens to a posting of these lines into an empty ledger with two accounts.
Outcome post(const std::vector<Line>& lines) {
    return given<Entry>().and_given<Chart>(bank, sales).when(Post{"e1", "2026-01-31", "sale", lines});
}

TEST(Ledger, an_entry_is_one_fact) {
    post(sale).then(varve::on<Entry>("e1", posted));
    given<Entry>(posted)
        .and_given<Chart>(bank, sales)
        .when(Post{"e1", "2026-01-31", "sale", sale})
        .then_rejected("entry.exists");
}

TEST(Ledger, what_does_not_balance_is_refused) {
    post({{"bank", 500}, {"sales", -499}}).then_rejected("entry.unbalanced");
    post({{"bank", 500}}).then_rejected("entry.lines");
    post({}).then_rejected("entry.lines");
    post({{"bank", 0}, {"sales", 0}}).then_rejected("line.amount");
    post({{"bank", 500}, {"sail", -500}}).then_rejected("account.unknown");
}

TEST(Ledger, no_sum_overflows_into_balance) {
    post(std::vector<Line>(most_lines + 1, {"bank", 1})).then_rejected("entry.lines");
    const auto most = std::numeric_limits<std::int64_t>::max();
    post({{"bank", most}, {"bank", most}, {"sales", 2}}).then_rejected("line.amount");
    post({{"bank", largest_cents}, {"sales", -largest_cents}})
        .then(varve::on<Entry>(
            "e1", Posted{"e1", "2026-01-31", "sale", {{"bank", largest_cents}, {"sales", -largest_cents}}}));
}

TEST(Ledger, a_closed_period_stays_as_it_is) {
    const auto ledger = given<Entry>().and_given<Chart>(bank, sales, PeriodClosed{"2026-01-31"});
    ledger.when(Post{"e1", "2026-01-31", "sale", sale}).then_rejected("period.closed");
    ledger.when(Post{"e1", "2026-02-01", "sale", sale})
        .then(varve::on<Entry>("e1", Posted{"e1", "2026-02-01", "sale", sale}));
    ledger.when(Post{"e1", "2026-02-30", "sale", sale}).then_rejected("day.invalid");
    given<Chart>(PeriodClosed{"2026-01-31"}).when(ClosePeriod{"2026-01-15"}).then_rejected("period.closed");
}

TEST(Ledger, an_entry_is_reversed_once) {
    given<Entry>(posted)
        .and_given<Entry>()
        .and_given<Chart>(bank, sales)
        .when(Reverse{"e1", "e2", "2026-02-01"})
        .then(varve::on<Entry>("e2", Posted{"e2", "2026-02-01", "reverses: sale", {{"bank", -500}, {"sales", 500}}}),
              varve::on<Entry>("e1", Reversed{"e1", "e2"}));
    given<Entry>(posted, Reversed{"e1", "e2"})
        .and_given<Entry>()
        .and_given<Chart>(bank, sales)
        .when(Reverse{"e1", "e3", "2026-02-01"})
        .then_rejected("entry.reversed");
    given<Entry>()
        .and_given<Entry>()
        .and_given<Chart>()
        .when(Reverse{"e1", "e2", "2026-02-01"})
        .then_rejected("entry.unknown");
}

TEST(Statements, are_in_the_order_of_days_however_late_an_entry_came) {
    const auto books = given_events<Statements>(bank, sales, Posted{"e1", "2026-02-02", "sale", sale},
                                                Posted{"e2", "2026-01-31", "refund", {{"bank", -100}, {"sales", 100}}});
    const auto january = books.ask(StatementOf{"bank", "2026-01-31"});
    ASSERT_EQ(january.size(), 1U);
    EXPECT_EQ(january[0].entry, "e2");
    const auto all = books.ask(StatementOf{"bank", "2026-12-31"});
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[1].entry, "e1");
    EXPECT_EQ(all[1].balance, 400);
    EXPECT_EQ(books.ask(TrialBalance{}), (TrialBalance::Answer{{"bank", 400}, {"sales", -400}}));
}

TEST(Ledger, stores_what_it_has_stored) {
    check_schema("schema.lock", varve::schema<Chart, Entry, Statements>());
}

TEST(Ledger, holds_whatever_happens) {
    check_state<Chart>();
    check_state<Entry>();
    check_projection<Statements>();
}

}  // namespace
}  // namespace finance
