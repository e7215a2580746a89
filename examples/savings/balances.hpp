/// The balances as they were shown at first, and as they are shown since somebody asked where her interest was.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "savings/account.hpp"

namespace savings {

struct Balance {
    std::string account;
    std::int64_t cents = 0;
};
struct BalanceOf {
    std::string account;
    using Answer = std::optional<Balance>;
};

/// Does not hear of interest.
struct BalancesBefore {
    using Events = varve::Events<Opened, PaidIn, PaidOut>;
    using Queries = varve::Queries<BalanceOf>;

    varve::Table<Balance> balances;

    void on(const Opened& e) { balances.put({e.account, 0}); }
    void on(const PaidIn& e) {
        balances.update(e.account, [&](Balance& row) { row.cents += e.cents; });
    }
    void on(const PaidOut& e) {
        balances.update(e.account, [&](Balance& row) { row.cents -= e.cents; });
    }
    [[nodiscard]] std::optional<Balance> answer(const BalanceOf& q) const { return balances.get(q.account); }
};

/// Does.
struct Balances {
    using Events = varve::Events<Opened, PaidIn, PaidOut, InterestPaid>;
    using Queries = varve::Queries<BalanceOf>;

    varve::Table<Balance> balances;

    void on(const Opened& e) { balances.put({e.account, 0}); }
    void on(const PaidIn& e) { add(e.account, e.cents); }
    void on(const PaidOut& e) { add(e.account, -e.cents); }
    void on(const InterestPaid& e) { add(e.account, e.cents); }
    [[nodiscard]] std::optional<Balance> answer(const BalanceOf& q) const { return balances.get(q.account); }

    void add(const std::string& account, std::int64_t cents) {
        balances.update(account, [&](Balance& row) { row.cents += cents; });
    }
};

}  // namespace savings
