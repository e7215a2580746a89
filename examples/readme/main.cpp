#include <iostream>
#include <varve/varve.hpp>

struct Opened    { std::string account, owner; };                     // events: what has happened
struct Deposited { std::string account; std::int64_t cents; };
struct Withdrawn { std::string account; std::int64_t cents; };

struct Account {                                                      // state: a fold of events
    using Events = varve::Events<Opened, Deposited, Withdrawn>;
    bool open = false;
    std::int64_t cents = 0;
    void evolve(const Opened&)      { open = true; }
    void evolve(const Deposited& e) { cents += e.cents; }
    void evolve(const Withdrawn& e) { cents -= e.cents; }
};

struct Open     { std::string account, owner; };                      // commands, and how they are decided
struct Deposit  { std::string account; std::int64_t cents; };
struct Withdraw { std::string account; std::int64_t cents; };

varve::Decision decide(const Open& c, const Account& account) {
    if (account.open) return varve::reject("account.already_open");
    return varve::accept(Opened{c.account, c.owner});
}
varve::Decision decide(const Deposit& c, const Account& account) {
    if (!account.open) return varve::reject("account.not_open");
    return varve::accept(Deposited{c.account, c.cents});
}
varve::Decision decide(const Withdraw& c, const Account& account) {
    if (!account.open)           return varve::reject("account.not_open");
    if (c.cents > account.cents) return varve::reject("account.insufficient_funds");
    return varve::accept(Withdrawn{c.account, c.cents});
}

struct Balance   { std::string account; std::int64_t cents = 0; };    // a read model, and a query that it answers
struct BalanceOf { std::string account; using Answer = std::optional<Balance>; };
struct Balances {
    using Events = varve::Events<Deposited, Withdrawn>;
    using Queries = varve::Queries<BalanceOf>;
    varve::Table<Balance> balances;
    void on(const Deposited& e) { balances.update(e.account, [&](Balance& row) { row.cents += e.cents; }); }
    void on(const Withdrawn& e) { balances.update(e.account, [&](Balance& row) { row.cents -= e.cents; }); }
    std::optional<Balance> answer(const BalanceOf& q) const { return balances.get(q.account); }
};

int main() {
    varve::App bank{varve::open("./bank").value()};                   // a folder, or memory:
    bank.handle<Open, Account>(&Open::account, decide);
    bank.handle<Deposit, Account>(&Deposit::account, decide);
    bank.handle<Withdraw, Account>(&Withdraw::account, decide);
    bank.project<Balances>(varve::sqlite("balances.db"));             // on its own thread, in its own file

    if (auto opened = bank.send(Open{"a1", "Ada"}); !opened)          // the command bus: durable when it answers
        std::cout << "not opened: " << opened.error().reason << '\n';  // a rejection is a value: run it twice
    bank.send(Deposit{"a1", 900}).value();
    auto receipt = bank.send(Withdraw{"a1", 500});
    auto balance = bank.ask(BalanceOf{"a1"}, varve::after(receipt));  // the query bus, reading its own write
    auto refused = bank.send(Withdraw{"a1", 1000000});
    auto earlier = bank.load<Account>("a1", varve::as_of(receipt.value().first - 1));

    std::cout << "balance " << balance.value()->cents << " at position " << balance.position() << '\n'
              << "refused: " << refused.error().reason << '\n'
              << "before the withdrawal: " << earlier.value()->cents << '\n';
}
