#include "finance/ledger.hpp"

namespace finance {

using varve::accept;
using varve::Decision;
using varve::on;
using varve::reject;

namespace {

bool is_day(const std::string& text) {
    constexpr std::size_t length = 10;  // of 2026-01-31
    return text.size() == length && varve::parse_timestamp(text).has_value();
}

/// Why these lines are no entry; empty: they are one.
std::string trouble_with(const std::vector<Line>& lines, const Chart& chart) {
    if (lines.size() < 2 || lines.size() > most_lines) return "entry.lines";
    std::int64_t sum = 0;
    for (const Line& line : lines) {
        if (line.cents == 0 || line.cents > largest_cents || line.cents < -largest_cents) return "line.amount";
        if (!chart.accounts.contains(line.account)) return "account.unknown";
        sum += line.cents;
    }
    return sum == 0 ? "" : "entry.unbalanced";
}

}  // namespace

Decision decide(const OpenAccount& c, const Chart& chart) {
    if (chart.accounts.contains(c.account)) return reject("account.exists");
    return accept(AccountOpened{c.account});
}

Decision decide(const ClosePeriod& c, const Chart& chart) {
    if (!is_day(c.day)) return reject("day.invalid");
    if (c.day <= chart.closed) return reject("period.closed");
    return accept(PeriodClosed{c.day});
}

Decision decide(const Post& c, const Entry& entry, const Chart& chart) {
    if (entry.posted) return reject("entry.exists");
    if (!is_day(c.day)) return reject("day.invalid");
    if (c.day <= chart.closed) return reject("period.closed");
    if (const auto trouble = trouble_with(c.lines, chart); !trouble.empty()) return reject(trouble);
    return accept(on<Entry>(c.entry, Posted{c.entry, c.day, c.text, c.lines}));
}

Decision decide(const Reverse& c, const Entry& entry, const Entry& by, const Chart& chart) {
    if (!entry.posted) return reject("entry.unknown");
    if (!entry.reversed_by.empty()) return reject("entry.reversed");
    std::vector<Line> opposite = entry.lines;
    for (Line& line : opposite) line.cents = -line.cents;
    Decision decision = decide(Post{c.by, c.day, "reverses: " + entry.text, opposite}, by, chart);
    if (!decision.accepted()) return decision;
    decision.add(on<Entry>(c.entry, Reversed{c.entry, c.by}));
    return decision;
}

}  // namespace finance
