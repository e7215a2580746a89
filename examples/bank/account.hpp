/// A bank: accounts, and transfers between two of them in one commit.
#pragma once

#include <cstdint>
#include <string>

#include "varve/app.hpp"

namespace bank {

struct Opened {
    std::string account;
    std::int64_t cents = 0;
};

struct Withdrawn {
    std::string account;
    std::int64_t cents = 0;
    std::uint64_t transfer = 0;
};

struct Deposited {
    std::string account;
    std::int64_t cents = 0;
    std::uint64_t transfer = 0;
};

struct Account {
    using Events = varve::Events<Opened, Withdrawn, Deposited>;

    bool open = false;
    std::int64_t cents = 0;

    void evolve(const Opened& e) {
        open = true;
        cents = e.cents;
    }
    void evolve(const Withdrawn& e) { cents -= e.cents; }
    void evolve(const Deposited& e) { cents += e.cents; }
};

struct OpenAccount {
    std::string account;
    std::int64_t cents = 0;
};

/// `transfer` is its number, for the statements and for whoever looks for it after a crash.
struct Transfer {
    std::uint64_t transfer = 0;
    std::string from, to;
    std::int64_t cents = 0;
};

inline varve::Decision decide(const OpenAccount& c, const Account& account) {
    if (account.open) return varve::reject("account.open");
    return varve::accept(Opened{c.account, c.cents});
}

inline varve::Decision decide(const Transfer& c, const Account& from, const Account& to) {
    if (c.from == c.to) return varve::reject("transfer.to_itself");
    if (!from.open || !to.open) return varve::reject("account.not_open");
    if (c.cents > from.cents) return varve::reject("account.insufficient_funds");
    return varve::accept(varve::on<Account>(c.from, Withdrawn{c.from, c.cents, c.transfer}),
                         varve::on<Account>(c.to, Deposited{c.to, c.cents, c.transfer}));
}

}  // namespace bank
