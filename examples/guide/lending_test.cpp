#include "guide/lending.hpp"

#include <gtest/gtest.h>

#include "guide/desk.hpp"
#include "varve/testing.hpp"
#include "varve/testing_process.hpp"

namespace guide {
namespace {

using namespace varve::testing;

const BookAdded emma{"b2", "Emma"};
const Joined ann{"ann", "Ann"};

TEST(Lending, a_book_is_lent_once) {
    given<Book>(emma).and_given<Member>(ann).when(Lend{"b2", "ann"}).then(
        varve::on<Book>("b2", BookLent{"b2", "ann"}), varve::on<Member>("ann", Borrowed{"ann", "b2"}));
    given<Book>(emma, BookLent{"b2", "bob"}).and_given<Member>(ann).when(Lend{"b2", "ann"}).then_rejected("book.lent");
}

TEST(Lending, two_books_at_once_are_enough) {
    given<Book>(emma)
        .and_given<Member>(ann, Borrowed{"ann", "b1"}, Borrowed{"ann", "b3"})
        .when(Lend{"b2", "ann"})
        .then_rejected("member.has_enough");
}

TEST(Lending, nobody_returns_the_book_of_another) {
    given<Book>(emma, BookLent{"b2", "bob"})
        .and_given<Member>(ann)
        .when(TakeBack{"b2", "ann"})
        .then_rejected("book.not_theirs");
}

TEST(Loans, what_came_back_is_no_loan) {
    const auto loans = given_events<Loans>(BookLent{"b1", "ann"}, BookLent{"b2", "ann"}, BookReturned{"b1", "ann"});
    EXPECT_EQ(loans.ask(LoansOf{"ann"}).size(), 1U);
    EXPECT_TRUE(loans.ask(LoansOf{"bob"}).empty());
}

TEST(Reminders, come_after_four_weeks_and_then_each_week) {
    given_process<Reminders>().when(BookLent{"b2", "ann"}).then_sets_timer("over", loan_time, LoanIsOver{"b2", "ann"});
    given_process<Reminders>(BookLent{"b2", "ann"})
        .when(LoanIsOver{"b2", "ann"})
        .then_sends(Remind{"b2", "ann"})
        .then_sets_timer("over", between_reminders, LoanIsOver{"b2", "ann"});
    given_process<Reminders>(BookLent{"b2", "ann"}).when(BookReturned{"b2", "ann"}).then(varve::cancel("over"));
}

}  // namespace
}  // namespace guide
