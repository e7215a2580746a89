/// What must happen in time: an open outcome is asked for again, an authorisation ends, a second capture is given back.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>

#include "payments/payment.hpp"

namespace payments {

inline constexpr std::chrono::seconds first_wait{30}, longest_wait{3600};

struct NoAnswer {
    std::string payment, key;
};
struct AuthorisationEnds {
    std::string payment;
};
struct NotGivenBack {
    std::string payment, reference;
};

struct Collection {
    using Hears = varve::Events<Asked, Authorised, Captured, CapturedTwice, Refunded, Refused, Expired>;
    using Starts = varve::Events<Asked>;
    using Sends = varve::Commands<AskAgain, GiveBack, Expire>;
    using Timers = varve::Timers<NoAnswer, AuthorisationEnds, NotGivenBack>;

    static std::string key(const auto& e) { return e.payment; }

    /// 30 s after the first attempt, twice as long after each further one, up to an hour; it never gives up.
    static std::chrono::seconds wait_after(unsigned attempt) {
        return std::min(first_wait * (1U << std::min(attempt - 1, 16U)), longest_wait);
    }

    static varve::Steps on(const Asked& e) {
        return varve::timer(e.key, wait_after(e.attempt), NoAnswer{e.payment, e.key});
    }
    static varve::Steps on(const NoAnswer& t) { return varve::send(AskAgain{t.payment, t.key}); }

    static varve::Steps on(const Authorised& e) {
        return varve::steps(varve::cancel(e.key),
                            varve::timer("authorisation", authorisation_lasts, AuthorisationEnds{e.payment}));
    }
    static varve::Steps on(const AuthorisationEnds& t) { return varve::send(Expire{t.payment}); }
    static varve::Steps on(const Expired&) { return varve::finish(); }

    static varve::Steps on(const Captured& e) {
        return varve::steps(varve::cancel(e.key), varve::cancel("authorisation"));
    }
    static varve::Steps on(const CapturedTwice& e) { return varve::send(GiveBack{e.payment, e.reference}); }
    static varve::Steps on(const NotGivenBack& t) { return varve::send(GiveBack{t.payment, t.reference}); }
    static varve::Steps on(const Refunded& e) { return varve::cancel(e.key); }
    static varve::Steps on(const Refused& e) { return varve::cancel(e.key); }

    // None of these is ever rejected; what failed for good (the store was too busy, say) is tried again in an hour.
    static varve::Steps on(const varve::Rejected<AskAgain>& r) {
        return varve::timer(r.command.key, longest_wait, NoAnswer{r.command.payment, r.command.key});
    }
    static varve::Steps on(const varve::Rejected<GiveBack>& r) {
        return varve::timer(r.command.reference, longest_wait, NotGivenBack{r.command.payment, r.command.reference});
    }
    static varve::Steps on(const varve::Rejected<Expire>& r) {
        return varve::timer("authorisation", longest_wait, AuthorisationEnds{r.command.payment});
    }
};

}  // namespace payments
