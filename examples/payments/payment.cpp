#include "payments/payment.hpp"

namespace payments {

using varve::accept;
using varve::Decision;
using varve::reject;

void Payment::evolve(const Requested& e) {
    state = State::asked;
    cents = e.cents;
}
void Payment::evolve(const Asked& e) {
    calls[e.key] = {e};
}
void Payment::evolve(const Authorised& e) {
    close(e.key, e.reference);
    state = State::authorised;
    authorisation = e.reference;
}
void Payment::evolve(const Captured& e) {
    close(e.key, e.reference);
    state = State::captured;
    capture = e.reference;
    captures[e.reference] = e.cents;
    balance += e.cents;
}
void Payment::evolve(const CapturedTwice& e) {
    close(e.key, e.reference);
    captures[e.reference] = e.cents;
    balance += e.cents;
}
void Payment::evolve(const Refunded& e) {
    close(e.key, e.reference);
    balance -= e.cents;
}
void Payment::evolve(const Refused& e) {
    calls[e.key].open = false;
    calls[e.key].refused = true;
    if (e.kind != Kind::refund) state = State::refused;
}

std::int64_t Payment::returned(const std::string& of) const {
    std::int64_t sum = 0;
    for (const auto& [key, call] : calls) {
        if (call.asked.kind == Kind::refund && call.asked.of == of && !call.refused) sum += call.asked.cents;
    }
    return sum;
}

void Payment::close(const std::string& key, const std::string& reference) {
    calls[key].open = false;
    answered_by[reference] = key;
}

Decision decide(const Pay& c, const Payment& payment) {
    if (payment.state != Payment::State::none) return reject("payment.exists");
    if (c.cents <= 0) return reject("amount.invalid");
    return accept(Requested{c.payment, c.cents},
                  Asked{c.payment, c.payment + "/authorise", Kind::authorise, c.cents, {}});
}

Decision decide(const Capture& c, const Payment& payment) {
    const std::string key = c.payment + "/capture";
    switch (payment.state) {
        case Payment::State::none: return reject("payment.unknown");
        case Payment::State::asked: return reject("payment.open");
        case Payment::State::refused: return reject("payment.refused");
        case Payment::State::expired: return reject("payment.expired");
        case Payment::State::captured: return accept();
        case Payment::State::authorised: break;
    }
    if (payment.calls.contains(key)) return accept();
    return accept(Asked{c.payment, key, Kind::capture, payment.cents, payment.authorisation});
}

Decision decide(const Refund& c, const Payment& payment) {
    const std::string key = c.payment + "/refund/" + c.refund;
    if (payment.state != Payment::State::captured) return reject("payment.not_captured");
    if (c.cents <= 0) return reject("amount.invalid");
    if (payment.calls.contains(key)) return accept();
    if (c.cents > payment.cents - payment.returned(payment.capture)) return reject("refund.too_much");
    return accept(Asked{c.payment, key, Kind::refund, c.cents, payment.capture});
}

Decision decide(const Hear& c, const Payment& payment) {
    const Answer& answer = c.answer;
    const auto call = payment.calls.find(answer.key);
    if (call == payment.calls.end()) return reject("call.unknown");
    const Asked& asked = call->second.asked;
    if (!answer.done) {
        if (!call->second.open) return accept();
        return accept(Refused{asked.payment, asked.key, asked.kind, answer.why});
    }
    if (payment.answered_by.contains(answer.reference)) return accept();
    switch (asked.kind) {
        case Kind::authorise:
            if (!call->second.open) return accept();  // of two authorisations one is forgotten, and expires
            return accept(Authorised{asked.payment, asked.key, answer.reference});
        case Kind::capture:
            if (!payment.capture.empty())
                return accept(CapturedTwice{asked.payment, asked.key, answer.reference, asked.cents});
            return accept(Captured{asked.payment, asked.key, answer.reference, asked.cents});
        case Kind::refund: return accept(Refunded{asked.payment, asked.key, answer.reference, asked.cents});
    }
    return reject("call.unknown");
}

Decision decide(const AskAgain& c, const Payment& payment) {
    const auto call = payment.calls.find(c.key);
    if (call == payment.calls.end()) return reject("call.unknown");
    if (!call->second.open) return accept();
    Asked again = call->second.asked;
    ++again.attempt;
    return accept(again);
}

Decision decide(const GiveBack& c, const Payment& payment) {
    const std::string key = c.payment + "/twice/" + c.reference;
    const auto capture = payment.captures.find(c.reference);
    if (capture == payment.captures.end() || c.reference == payment.capture) return reject("capture.unknown");
    if (payment.calls.contains(key)) return accept();
    return accept(Asked{c.payment, key, Kind::refund, capture->second, c.reference});
}

Decision decide(const Expire& c, const Payment& payment) {
    if (payment.state != Payment::State::authorised || payment.calls.contains(c.payment + "/capture")) return accept();
    return accept(Expired{c.payment});
}

}  // namespace payments
