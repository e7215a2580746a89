/// The program of today: amounts are cents, a transfer is a withdrawal and a deposit, and the log is the same.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>

#include "evolution/then.hpp"
#include "varve/varve.hpp"

namespace now {

inline std::int64_t cents_of(double euros) {
    return std::llround(euros * 100);
}

struct Deposited {
    static constexpr int version = 2;                    // stored as Deposited.v2
    static constexpr auto format = varve::Format::cbor;  // and in fewer bytes
    std::string account;
    std::int64_t cents = 0;
    using Replaces = varve::Events<then::Deposited, then::Transferred>;
    static Deposited upcast(const then::Deposited& old) { return {old.account, cents_of(old.euros)}; }
    static Deposited upcast(const then::Transferred& old) { return {old.to, cents_of(old.euros)}; }
};

struct Withdrawn {
    std::string account;
    std::int64_t cents = 0;
    static Withdrawn upcast(const then::Transferred& old) { return {old.from, cents_of(old.euros)}; }
};

/// An old transfer stands in the stream of who paid, with both its halves: who it was paid to is not looked at here.
struct Account {
    using Events = varve::Events<Withdrawn, Deposited>;
    std::int64_t paid_out = 0;
    void evolve(const Withdrawn& e) { paid_out += e.cents; }
    void evolve(const Deposited&) {}
};

struct Deposit {
    std::string account;
    std::int64_t cents = 0;
};

inline varve::Decision decide(const Deposit& c, const Account&) {
    return varve::accept(Deposited{c.account, c.cents});
}

struct Balance {
    std::string account;
    std::int64_t cents = 0;
};
struct BalanceOf {
    std::string account;
    using Answer = std::optional<Balance>;
};
struct Balances {
    using Events = varve::Events<Withdrawn, Deposited>;
    using Queries = varve::Queries<BalanceOf>;
    varve::Table<Balance> balances;
    void on(const Withdrawn& e) { add(e.account, -e.cents); }
    void on(const Deposited& e) { add(e.account, e.cents); }
    std::optional<Balance> answer(const BalanceOf& q) const { return balances.get(q.account); }

    void add(const std::string& account, std::int64_t cents) {
        balances.update(account, [&](Balance& row) { row.cents += cents; });
    }
};

inline void wire(varve::App& bank) {
    bank.handle<Deposit, Account>(&Deposit::account, decide);
    bank.project<Balances>();
}

}  // namespace now
