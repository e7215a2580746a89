/// What the library's desk looks at, and what happens by itself: docs/guide.md, steps 5 and 7.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "guide/lending.hpp"

namespace guide {

struct Loan { std::string book, member; varve::Timestamp since; };

struct LoansOf { std::string member; using Answer = std::vector<Loan>; };

struct Loans {
    using Events = varve::Events<BookLent, BookReturned>;
    using Queries = varve::Queries<LoansOf>;
    varve::Table<Loan> loans;
    void on(const BookLent& e, const varve::Event& event) { loans.put({e.book, e.member, event.created}); }
    void on(const BookReturned& e) { loans.erase(e.book); }
    std::vector<Loan> answer(const LoansOf& q) const {
        std::vector<Loan> theirs;
        loans.for_each([&](const Loan& loan) { if (loan.member == q.member) theirs.push_back(loan); });
        return theirs;
    }
};

inline constexpr std::chrono::days loan_time{28}, between_reminders{7};

struct LoanIsOver { std::string book, member; };

struct Reminders {
    using Hears = varve::Events<BookLent, BookReturned>;
    using Sends = varve::Commands<Remind>;
    using Timers = varve::Timers<LoanIsOver>;
    static std::string key(const BookLent& e)     { return e.book; }
    static std::string key(const BookReturned& e) { return e.book; }

    varve::Steps on(const BookLent& e) { return varve::timer("over", loan_time, LoanIsOver{e.book, e.member}); }
    varve::Steps on(const BookReturned&) { return varve::cancel("over"); }
    varve::Steps on(const LoanIsOver& t) {
        return varve::steps(varve::send(Remind{t.book, t.member}), varve::timer("over", between_reminders, t));
    }
    varve::Steps on(const varve::Rejected<Remind>&) { return varve::cancel("over"); }  // it came back meanwhile
};

}  // namespace guide
