/// The bank that the model's tests are about: the one of the README, with transfers.
#pragma once

#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "varve/varve.hpp"

namespace bank {

struct Opened {
    std::string account, owner;
};
struct Deposited {
    std::string account;
    std::int64_t cents;
};
struct Withdrawn {
    std::string account;
    std::int64_t cents;
};

struct Account {
    using Events = varve::Events<Opened, Deposited, Withdrawn>;
    bool open = false;
    std::int64_t cents = 0;
    void evolve(const Opened&) { open = true; }
    void evolve(const Deposited& e) { cents += e.cents; }
    void evolve(const Withdrawn& e) { cents -= e.cents; }
};

struct Open {
    std::string account, owner;
};
struct Deposit {
    std::string account;
    std::int64_t cents;
};
struct Withdraw {
    std::string account;
    std::int64_t cents;
};
struct Transfer {
    std::string from, to;
    std::int64_t cents;
};

inline varve::Decision decide(const Open& c, const Account& account) {
    if (account.open) return varve::accept();
    return varve::accept(Opened{c.account, c.owner});
}

inline varve::Decision decide(const Deposit& c, const Account& account) {
    if (!account.open) return varve::reject("account.not_open");
    return varve::accept(Deposited{c.account, c.cents});
}

inline varve::Decision decide(const Withdraw& c, const Account& account) {
    if (!account.open) return varve::reject("account.not_open");
    if (c.cents > account.cents) return varve::reject("account.insufficient_funds", "there is not enough money");
    return varve::accept(Withdrawn{c.account, c.cents});
}

inline varve::Decision decide(const Transfer& c, const Account& from, const Account& to) {
    if (!from.open || !to.open) return varve::reject("account.not_open");
    if (c.cents > from.cents) return varve::reject("account.insufficient_funds");
    return varve::accept(varve::on<Account>(c.from, Withdrawn{c.from, c.cents}),
                         varve::on<Account>(c.to, Deposited{c.to, c.cents}));
}

struct Balance {
    std::string account;
    std::int64_t cents = 0;
};

struct BalanceOf {
    std::string account;
    using Answer = std::optional<std::int64_t>;
};
struct TotalOfAll {
    using Answer = std::int64_t;
};

struct Balances {
    using Events = varve::Events<Opened, Deposited, Withdrawn>;
    using Queries = varve::Queries<BalanceOf, TotalOfAll>;
    varve::Table<Balance> balances;

    void on(const Opened& e) { balances.put({e.account, 0}); }
    void on(const Deposited& e) {
        balances.update(e.account, [&](Balance& row) { row.cents += e.cents; });
    }
    void on(const Withdrawn& e) {
        balances.update(e.account, [&](Balance& row) { row.cents -= e.cents; });
    }

    static std::string partition(const BalanceOf& q) { return q.account; }
    static std::int64_t merge(const std::vector<std::int64_t>& totals) {
        return std::accumulate(totals.begin(), totals.end(), std::int64_t{0});
    }

    std::optional<std::int64_t> answer(const BalanceOf& q) const {
        const auto row = balances.get(q.account);
        return row ? std::optional(row->cents) : std::nullopt;
    }
    std::int64_t answer(const TotalOfAll&) const {
        std::int64_t total = 0;
        balances.for_each([&](const Balance& row) { total += row.cents; });
        return total;
    }
};

inline void wire(varve::App& app) {
    app.handle<Open, Account>(&Open::account, decide);
    app.handle<Deposit, Account>(&Deposit::account, decide);
    app.handle<Withdraw, Account>(&Withdraw::account, decide);
    app.handle<Transfer, Account, Account>(&Transfer::from, &Transfer::to, decide);
}

inline varve::App in_memory() {
    varve::App app{varve::open("memory:").value()};
    wire(app);
    return app;
}

}  // namespace bank
