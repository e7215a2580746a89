/// A savings bank: what happens to an account, and the interest that is paid on it every thirty days.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "varve/app.hpp"

namespace savings {

struct Opened {
    std::string account, owner;
};
struct PaidIn {
    std::string account;
    std::int64_t cents = 0;
};
struct PaidOut {
    std::string account;
    std::int64_t cents = 0;
};
struct InterestPaid {
    std::string account;
    std::int64_t cents = 0;
};

struct Account {
    using Events = varve::Events<Opened, PaidIn, PaidOut, InterestPaid>;

    bool open = false;
    std::int64_t cents = 0;

    void evolve(const Opened&) { open = true; }
    void evolve(const PaidIn& e) { cents += e.cents; }
    void evolve(const PaidOut& e) { cents -= e.cents; }
    void evolve(const InterestPaid& e) { cents += e.cents; }
};

struct Open {
    std::string account, owner;
};
struct PayIn {
    std::string account;
    std::int64_t cents = 0;
};
struct PayOut {
    std::string account;
    std::int64_t cents = 0;
};
struct PayInterest {
    std::string account;
};

struct PeriodIsOver {
    std::string account;
};

/// Pays interest on each account, every thirty days from its opening.
struct Interest {
    using Hears = varve::Events<Opened>;
    using Sends = varve::Commands<PayInterest>;
    using Timers = varve::Timers<PeriodIsOver>;
    static constexpr std::chrono::hours period{30 * 24};

    static std::string key(const Opened& e) { return e.account; }

    static varve::Steps on(const Opened& e) { return varve::timer("period", period, PeriodIsOver{e.account}); }
    static varve::Steps on(const PeriodIsOver& t) {
        return varve::steps(varve::send(PayInterest{t.account}),
                            varve::timer("period", period, PeriodIsOver{t.account}));
    }
    static varve::Steps on(const varve::Rejected<PayInterest>&) { return {}; }
};

/// Every command, and the interest.
void wire(varve::App& bank);

}  // namespace savings
