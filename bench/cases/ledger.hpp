/// A small application as its users write one: what the cases of the model send, decide, fold and project.
#pragma once

#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "cases/workload.hpp"
#include "varve/app.hpp"

namespace varve::bench {

/// 170 bytes of JSON.
struct Deposited {
    std::string account;
    std::int64_t cents = 0;
    std::uint64_t number = 0;
    std::string payer, reference, purpose;
};

struct Account {
    using Events = varve::Events<Deposited>;

    std::int64_t cents = 0;
    std::uint64_t deposits = 0;

    void evolve(const Deposited& e) {
        cents += e.cents;
        ++deposits;
    }
};

struct Deposit {
    std::string account;
    std::int64_t cents = 0;
    std::uint64_t number = 0;
};

[[nodiscard]] Decision decide(const Deposit& command, const Account& account);

struct Balance {
    std::string account;
    std::int64_t cents = 0;
    std::uint64_t deposits = 0;
};

struct BalanceOf {
    std::string account;
    using Answer = std::optional<Balance>;
};

struct CountOfDeposits {
    using Answer = std::uint64_t;
};

/// As many rows as accounts, each changed often.
struct Balances {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<BalanceOf, CountOfDeposits>;

    varve::Table<Balance> balances;

    static std::string partition(const BalanceOf& query) { return query.account; }
    static std::uint64_t merge(std::vector<std::uint64_t> parts) {
        return std::accumulate(parts.begin(), parts.end(), std::uint64_t{0});
    }
    void on(const Deposited& e) {
        balances.update(e.account, [&](Balance& row) {
            row.cents += e.cents;
            ++row.deposits;
        });
    }
    [[nodiscard]] std::optional<Balance> answer(const BalanceOf& query) const { return balances.get(query.account); }
    [[nodiscard]] std::uint64_t answer(const CountOfDeposits&) const {
        std::uint64_t count = 0;
        balances.for_each([&](const Balance& row) { count += row.deposits; });
        return count;
    }
};

struct Line {
    std::uint64_t number = 0;
    std::string account, payer;
    std::int64_t cents = 0;
};

struct CountOfLines {
    using Answer = std::uint64_t;
};

/// A row for every event.
struct Statement {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<CountOfLines>;

    varve::Table<Line> lines;

    void on(const Deposited& e) { lines.put({e.number, e.account, e.payer, e.cents}); }
    [[nodiscard]] std::uint64_t answer(const CountOfLines&) const { return lines.size(); }
};

[[nodiscard]] std::string account_name(std::uint64_t index);
[[nodiscard]] Deposited deposit_of(std::uint64_t number, std::uint64_t accounts);

/// Appends the deposits 0, 1, 2 ... `deposits` - 1 to the accounts in turn, in large commits.
[[nodiscard]] Result<> fill(Store& store, std::uint64_t deposits, std::uint64_t accounts, Format format = Format::json);

}  // namespace varve::bench
