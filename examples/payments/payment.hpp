/// A payment: what was asked of the gateway, what it answered, and what is to be done about it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "payments/gateway.hpp"
#include "varve/varve.hpp"

namespace payments {

// What has happened.
struct Requested {
    std::string payment;
    std::int64_t cents = 0;
};
/// Written before anybody calls the gateway: from now on the outcome is open.
struct Asked {
    std::string payment, key;
    Kind kind = Kind::authorise;
    std::int64_t cents = 0;
    std::string of;
    unsigned attempt = 1;
};
struct Authorised {
    std::string payment, key, reference;
};
struct Captured {
    std::string payment, key, reference;
    std::int64_t cents = 0;
};
/// Money that is not ours: the gateway has captured the same once more.
struct CapturedTwice {
    std::string payment, key, reference;
    std::int64_t cents = 0;
};
struct Refunded {
    std::string payment, key, reference;
    std::int64_t cents = 0;
};
struct Refused {
    std::string payment, key;
    Kind kind = Kind::authorise;
    std::string why;
};
struct Expired {
    std::string payment;
};

struct Payment {
    using Events = varve::Events<Requested, Asked, Authorised, Captured, CapturedTwice, Refunded, Refused, Expired>;
    enum class State : std::uint8_t { none, asked, authorised, captured, refused, expired };
    struct Call {
        Asked asked;
        bool open = true;  ///< nobody knows its outcome
        bool refused = false;
    };

    State state = State::none;
    std::int64_t cents = 0;                          ///< what was wanted
    std::string authorisation, capture;              ///< references
    std::int64_t balance = 0;                        ///< what we hold of the customer's money
    std::map<std::string, Call> calls;               ///< by key
    std::map<std::string, std::int64_t> captures;    ///< by reference: that and those that came twice
    std::map<std::string, std::string> answered_by;  ///< reference to key

    void evolve(const Requested& e);
    void evolve(const Asked& e);
    void evolve(const Authorised& e);
    void evolve(const Captured& e);
    void evolve(const CapturedTwice& e);
    void evolve(const Refunded& e);
    void evolve(const Refused& e);
    void evolve(const Expired&) { state = State::expired; }

    /// What of a capture is asked back or has gone back.
    [[nodiscard]] std::int64_t returned(const std::string& of) const;

private:
    void close(const std::string& key, const std::string& reference);
};

// What somebody wants.
struct Pay {
    std::string payment;
    std::int64_t cents = 0;
};
struct Capture {
    std::string payment;
};
struct Refund {
    std::string payment, refund;  ///< refunds have names, so that none is made twice
    std::int64_t cents = 0;
};
/// The gateway has answered, or told by itself.
struct Hear {
    Answer answer;
};
/// Nothing was heard of a call.
struct AskAgain {
    std::string payment, key;
};
/// A capture that came twice.
struct GiveBack {
    std::string payment, reference;
};
struct Expire {
    std::string payment;
};

/// `payment.exists`, `amount.invalid`.
[[nodiscard]] varve::Decision decide(const Pay& c, const Payment& payment);
/// `payment.unknown`, `payment.open`, `payment.refused`, `payment.expired`. Repeated: nothing happens.
[[nodiscard]] varve::Decision decide(const Capture& c, const Payment& payment);
/// `payment.not_captured`, `amount.invalid`, `refund.too_much`. Repeated: nothing happens.
[[nodiscard]] varve::Decision decide(const Refund& c, const Payment& payment);
/// `call.unknown`. Heard before: nothing happens.
[[nodiscard]] varve::Decision decide(const Hear& c, const Payment& payment);
/// `call.unknown`. Answered meanwhile: nothing happens.
[[nodiscard]] varve::Decision decide(const AskAgain& c, const Payment& payment);
/// `capture.unknown`. Repeated: nothing happens.
[[nodiscard]] varve::Decision decide(const GiveBack& c, const Payment& payment);
/// Nothing happens to a payment that is captured, or may be.
[[nodiscard]] varve::Decision decide(const Expire& c, const Payment& payment);

}  // namespace payments
