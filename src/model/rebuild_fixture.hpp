/// A read model of the bank whose handlers were mended, and the same as another class.
#pragma once

#include <atomic>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "model/bank_fixture.hpp"

namespace rebuilt {

using bank::Balance;
using bank::BalanceOf;
using bank::Deposited;
using bank::Opened;
using bank::TotalOfAll;
using bank::Withdrawn;

/// A second question, which only the new class answers.
struct Accounts {
    using Answer = std::uint64_t;
};

inline std::optional<std::int64_t> cents_of(const varve::Table<Balance>& balances, const std::string& account) {
    const auto row = balances.get(account);
    return row ? std::optional(row->cents) : std::nullopt;
}

inline std::int64_t total_of(const varve::Table<Balance>& balances) {
    std::int64_t total = 0;
    balances.for_each([&](const Balance& row) { total += row.cents; });
    return total;
}

template <class Number>
Number sum_of(const std::vector<Number>& parts) {
    return std::accumulate(parts.begin(), parts.end(), Number{});
}

/// Forgets to take off what is withdrawn.
struct Balances {
    using Events = varve::Events<Opened, Deposited, Withdrawn>;
    using Queries = varve::Queries<BalanceOf, TotalOfAll>;
    varve::Table<Balance> balances;

    static std::string partition(const BalanceOf& q) { return q.account; }
    static std::int64_t merge(const std::vector<std::int64_t>& parts) { return sum_of(parts); }

    void on(const Opened& e) { balances.put({e.account, 0}); }
    void on(const Deposited& e) {
        balances.update(e.account, [&](Balance& row) { row.cents += e.cents; });
    }
    void on(const Withdrawn&) {}
    std::optional<std::int64_t> answer(const BalanceOf& q) const { return cents_of(balances, q.account); }
    std::int64_t answer(const TotalOfAll&) const { return total_of(balances); }
};

/// Does not, and answers one question more.
struct BalancesV2 {
    using Events = varve::Events<Opened, Deposited, Withdrawn>;
    using Queries = varve::Queries<TotalOfAll, Accounts, BalanceOf>;
    varve::Table<Balance> balances;

    static std::string partition(const BalanceOf& q) { return q.account; }
    static std::int64_t merge(const std::vector<std::int64_t>& parts) { return sum_of(parts); }
    static std::uint64_t merge(const std::vector<std::uint64_t>& parts) { return sum_of(parts); }

    void on(const Opened& e) { balances.put({e.account, 0}); }
    void on(const Deposited& e) {
        balances.update(e.account, [&](Balance& row) { row.cents += e.cents; });
    }
    void on(const Withdrawn& e) {
        balances.update(e.account, [&](Balance& row) { row.cents -= e.cents; });
    }
    std::optional<std::int64_t> answer(const BalanceOf& q) const { return cents_of(balances, q.account); }
    std::int64_t answer(const TotalOfAll&) const { return total_of(balances); }
    std::uint64_t answer(const Accounts&) const { return balances.size(); }
};

inline std::atomic<bool> mended = false;

/// The same class before and after: what the program was, and what it is now.
struct Mended {
    using Events = varve::Events<Opened, Deposited, Withdrawn>;
    using Queries = varve::Queries<BalanceOf, TotalOfAll>;
    varve::Table<Balance> balances;

    static std::string partition(const BalanceOf& q) { return q.account; }
    static std::int64_t merge(const std::vector<std::int64_t>& parts) { return sum_of(parts); }

    void on(const Opened& e) { balances.put({e.account, 0}); }
    void on(const Deposited& e) {
        balances.update(e.account, [&](Balance& row) { row.cents += e.cents; });
    }
    void on(const Withdrawn& e) {
        if (mended) balances.update(e.account, [&](Balance& row) { row.cents -= e.cents; });
    }
    std::optional<std::int64_t> answer(const BalanceOf& q) const { return cents_of(balances, q.account); }
    std::int64_t answer(const TotalOfAll&) const { return total_of(balances); }
};

}  // namespace rebuilt
