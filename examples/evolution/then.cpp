#include "evolution/then.hpp"

namespace then {

void work(const varve::Store& store) {
    varve::App bank{store};
    bank.handle<Deposit, Account>(&Deposit::account, [](const Deposit& c, const Account&) {
        return varve::accept(Deposited{c.account, c.euros});
    });
    bank.handle<Transfer, Account>(&Transfer::from, [](const Transfer& c, const Account&) {
        return varve::accept(Transferred{c.from, c.to, c.euros});
    });
    bank.send(Deposit{"ann", 100.10}).value();
    bank.send(Deposit{"bob", 20}).value();
    bank.send(Transfer{"ann", "bob", 30.05}).value();
}

}  // namespace then
