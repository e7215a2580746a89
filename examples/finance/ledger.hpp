/// A double-entry ledger: entries whose lines sum to zero, accounts that must be open, periods that get closed, and
/// corrections that are entries, too.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "varve/varve.hpp"

namespace finance {

/// One side of an entry. Debit is positive, credit negative.
struct Line {
    std::string account;
    std::int64_t cents = 0;
};

// What has happened. A day is a text, `2026-01-31`, so that days sort.
struct AccountOpened {
    std::string account;
};
/// Nothing may be posted any more on this day and before it.
struct PeriodClosed {
    std::string day;
};
/// All lines of an entry are one fact: no reader can ever see half of it.
struct Posted {
    std::string entry, day, text;
    std::vector<Line> lines;
};
struct Reversed {
    std::string entry, by;
};

/// The accounts there are, and how far the year is closed: one for the whole ledger, so `key` is a constant.
struct Chart {
    using Events = varve::Events<AccountOpened, PeriodClosed>;
    static constexpr std::string_view key = "main";

    std::set<std::string> accounts;
    std::string closed;  ///< the last day of it; empty: none yet

    void evolve(const AccountOpened& e) { accounts.insert(e.account); }
    void evolve(const PeriodClosed& e) { closed = e.day; }
};

struct Entry {
    using Events = varve::Events<Posted, Reversed>;

    bool posted = false;
    std::string text;
    std::vector<Line> lines;
    std::string reversed_by;

    void evolve(const Posted& e) {
        posted = true;
        text = e.text;
        lines = e.lines;
    }
    void evolve(const Reversed& e) { reversed_by = e.by; }
};

// What somebody wants.
struct OpenAccount {
    std::string account;
};
struct ClosePeriod {
    std::string day;
};
struct Post {
    std::string entry, day, text;
    std::vector<Line> lines;
};
/// The opposite of `entry`, posted as the entry `by`.
struct Reverse {
    std::string entry, by, day;
};

/// With both, no sum over an entry can overflow.
inline constexpr std::int64_t largest_cents = 1'000'000'000'000;
inline constexpr std::size_t most_lines = 1000;

/// `account.exists`.
[[nodiscard]] varve::Decision decide(const OpenAccount& c, const Chart& chart);
/// `day.invalid`, `period.closed` (so far already).
[[nodiscard]] varve::Decision decide(const ClosePeriod& c, const Chart& chart);
/// `entry.exists`, `day.invalid`, `period.closed`, `entry.lines` (fewer than 2, or too many), `line.amount`,
/// `account.unknown`, `entry.unbalanced`.
[[nodiscard]] varve::Decision decide(const Post& c, const Entry& entry, const Chart& chart);
/// `entry.unknown`, `entry.reversed`, and what is said of Post for the new entry.
[[nodiscard]] varve::Decision decide(const Reverse& c, const Entry& entry, const Entry& by, const Chart& chart);

}  // namespace finance
