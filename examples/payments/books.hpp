/// Our books of the money that moved, beside the gateway's; and what can be told about one payment.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "payments/gateway.hpp"
#include "payments/payment.hpp"

namespace payments {

struct AllMovements {
    using Answer = std::vector<Movement>;
};

/// When each movement became known to us.
struct Books {
    using Events = varve::Events<Captured, CapturedTwice, Refunded>;
    using Queries = varve::Queries<AllMovements>;
    varve::Table<Movement> movements;

    void on(const Captured& e, const varve::Event& event) { put(e, e.cents, event); }
    void on(const CapturedTwice& e, const varve::Event& event) { put(e, e.cents, event); }
    void on(const Refunded& e, const varve::Event& event) { put(e, -e.cents, event); }
    [[nodiscard]] std::vector<Movement> answer(const AllMovements&) const { return movements.all(); }

private:
    void put(const auto& e, std::int64_t cents, const varve::Event& event) {
        movements.put({e.reference, e.payment, cents, event.created});
    }
};

/// Both books as of a moment.
struct Comparison {
    std::int64_t ours = 0, theirs = 0;   ///< sums, in cents
    std::vector<Movement> not_yet_ours;  ///< the gateway had it, we did not know
    std::vector<Movement> never_theirs;  ///< we had it, the gateway did not, or with another amount
    [[nodiscard]] bool equal() const { return not_yet_ours.empty() && never_theirs.empty(); }
};
[[nodiscard]] varve::Result<Comparison> compare(const varve::App& app, const Gateway& gateway, varve::Timestamp at);

/// A step of a payment, and what of the customer's money we knew to hold after it.
struct Line {
    varve::Timestamp at = {};
    std::string text;
    std::int64_t balance = 0;
};
struct StoryOf {
    std::string payment;
    using Answer = std::vector<Line>;
};

/// For whoever answers the telephone: made when somebody asks, from what was written down anyway.
struct Stories {
    using Events = Payment::Events;
    using Queries = varve::Queries<StoryOf>;
    std::map<std::string, Payment> payments;
    std::map<std::string, std::vector<Line>> lines;

    void on(const Requested& e, const varve::Event& event);
    void on(const Asked& e, const varve::Event& event);
    void on(const Authorised& e, const varve::Event& event);
    void on(const Captured& e, const varve::Event& event);
    void on(const CapturedTwice& e, const varve::Event& event);
    void on(const Refunded& e, const varve::Event& event);
    void on(const Refused& e, const varve::Event& event);
    void on(const Expired& e, const varve::Event& event);
    [[nodiscard]] std::vector<Line> answer(const StoryOf& q) const;

private:
    void tell(const auto& e, const varve::Event& event, const std::string& text);
};

}  // namespace payments
