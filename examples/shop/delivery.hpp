/// What happens by itself: an order that nobody pays is cancelled, a parcel that does not arrive is sent once more, and who
/// leaves a full cart behind is reminded of it.
#pragma once

#include <chrono>
#include <string>

#include "shop/cart.hpp"
#include "shop/order.hpp"

namespace shop {

inline constexpr std::chrono::days to_pay{3}, to_arrive{7}, until_reminded{1};
/// So long after a command that failed it is tried again.
inline constexpr std::chrono::hours again_after{1};
inline constexpr std::int64_t most_parcels = 2;

struct NotPaid {
    std::string order;
};
struct NotArrived {
    std::string order;
    std::int64_t parcel = 0;
};
struct ShipAgain {
    std::string order;
    std::int64_t parcel = 0;
};

struct Delivery {
    using Hears = varve::Events<Placed, Paid, Shipped, Delivered, Cancelled>;
    using Starts = varve::Events<Placed>;
    using Sends = varve::Commands<Ship, Cancel>;
    using Timers = varve::Timers<NotPaid, NotArrived, ShipAgain>;

    static std::string key(const auto& e) { return e.order; }

    static varve::Steps on(const Placed& e) { return varve::timer("payment", to_pay, NotPaid{e.order}); }
    static varve::Steps on(const NotPaid& t) { return varve::send(Cancel{t.order, "not paid"}); }
    static varve::Steps on(const Paid& e) {
        return varve::steps(varve::cancel("payment"), varve::send(Ship{e.order, 1}));
    }
    static varve::Steps on(const Shipped& e) {
        return varve::timer("parcel", to_arrive, NotArrived{e.order, e.parcel});
    }
    static varve::Steps on(const NotArrived& t) {
        if (t.parcel == most_parcels) return {};  // two got lost: that is for a person to look at
        return varve::send(Ship{t.order, t.parcel + 1});
    }
    static varve::Steps on(const ShipAgain& t) { return varve::send(Ship{t.order, t.parcel}); }
    static varve::Steps on(const Delivered&) { return varve::finish(); }
    static varve::Steps on(const Cancelled&) { return varve::finish(); }

    static varve::Steps on(const varve::Rejected<Ship>& r) {
        return varve::timer("ship", again_after, ShipAgain{r.command.order, r.command.parcel});
    }
    /// Paid at the last moment, which will be heard; anything else is tried again.
    static varve::Steps on(const varve::Rejected<Cancel>& r) {
        if (r.error.reason == "order.paid") return {};
        return varve::timer("payment", again_after, NotPaid{r.command.order});
    }
};

struct LeftAlone {
    std::string cart;
};

struct Reminder {
    using Hears = varve::Events<PutIn, TakenOut, CheckedOut>;
    using Starts = varve::Events<PutIn>;
    using Sends = varve::Commands<Remind>;
    using Timers = varve::Timers<LeftAlone>;

    static std::string key(const auto& e) { return e.cart; }

    /// Each touch of the cart sets the timer anew.
    static varve::Steps on(const PutIn& e) { return varve::timer("left", until_reminded, LeftAlone{e.cart}); }
    static varve::Steps on(const TakenOut& e) { return varve::timer("left", until_reminded, LeftAlone{e.cart}); }
    static varve::Steps on(const LeftAlone& t) { return varve::send(Remind{t.cart}); }
    static varve::Steps on(const CheckedOut&) { return varve::finish(); }
    static varve::Steps on(const varve::Rejected<Remind>& r) {
        return varve::timer("left", again_after, LeftAlone{r.command.cart});
    }
};

}  // namespace shop
