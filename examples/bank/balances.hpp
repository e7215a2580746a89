/// Read model of the bank: what is on each account, and the auditor's question.
#pragma once

#include <cstdint>
#include <string>

#include "bank/account.hpp"
#include "varve/app.hpp"

namespace bank {

struct Balance {
    std::string account;
    std::int64_t cents = 0;
};

/// All the money there is. Between the two events of a transfer its money is on the way; where a commit ends, none is.
struct Sum {
    std::int64_t on_accounts = 0, on_the_way = 0;
    std::uint64_t accounts = 0;
};

struct Audit {
    using Answer = Sum;
};

struct Balances {
    using Events = varve::Events<Opened, Withdrawn, Deposited>;
    using Queries = varve::Queries<Audit>;

    varve::Table<Balance> balances;
    std::int64_t on_the_way = 0;

    void on(const Opened& e) { balances.put({e.account, e.cents}); }
    void on(const Withdrawn& e) {
        balances.update(e.account, [&](Balance& row) { row.cents -= e.cents; });
        on_the_way += e.cents;
    }
    void on(const Deposited& e) {
        balances.update(e.account, [&](Balance& row) { row.cents += e.cents; });
        on_the_way -= e.cents;
    }

    [[nodiscard]] Sum answer(const Audit&) const {
        Sum sum{.on_accounts = 0, .on_the_way = on_the_way, .accounts = balances.size()};
        balances.for_each([&](const Balance& row) { sum.on_accounts += row.cents; });
        return sum;
    }
};

}  // namespace bank
