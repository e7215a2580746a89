#include "savings/account.hpp"

namespace savings {

namespace {

varve::Decision decide(const Open& c, const Account& account) {
    if (account.open) return varve::reject("account.open");
    return varve::accept(Opened{c.account, c.owner});
}
varve::Decision decide(const PayIn& c, const Account& account) {
    if (!account.open) return varve::reject("account.not_open");
    return varve::accept(PaidIn{c.account, c.cents});
}
varve::Decision decide(const PayOut& c, const Account& account) {
    if (c.cents > account.cents) return varve::reject("account.insufficient_funds");
    return varve::accept(PaidOut{c.account, c.cents});
}
/// One per cent.
varve::Decision decide(const PayInterest& c, const Account& account) {
    if (account.cents < 100) return varve::accept();
    return varve::accept(InterestPaid{c.account, account.cents / 100});
}

}  // namespace

void wire(varve::App& bank) {
    bank.handle<Open, Account>(&Open::account, decide);
    bank.handle<PayIn, Account>(&PayIn::account, decide);
    bank.handle<PayOut, Account>(&PayOut::account, decide);
    bank.handle<PayInterest, Account>(&PayInterest::account, decide);
    bank.run<Interest>();
}

}  // namespace savings
