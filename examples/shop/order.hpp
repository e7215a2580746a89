/// An order: from the checkout to the door.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shop/cart.hpp"
#include "varve/varve.hpp"

namespace shop {

struct OrderLine {
    std::string product;
    std::int64_t pieces = 0, cents = 0;  ///< for each piece, as decided at the checkout
};

// What has happened.
struct Placed {
    std::string order, customer;
    std::vector<OrderLine> lines;
    std::int64_t cents = 0;
};
struct Paid {
    std::string order;
};
/// Parcel 1, and 2 when it got lost.
struct Shipped {
    std::string order, customer;
    std::int64_t parcel = 0;
};
struct Delivered {
    std::string order, customer;
};
struct Cancelled {
    std::string order, customer, why;
};

struct Order {
    using Events = varve::Events<Placed, Paid, Shipped, Delivered, Cancelled>;
    enum class State : std::uint8_t { none, placed, paid, delivered, cancelled };

    State state = State::none;
    std::string customer;
    std::int64_t cents = 0;
    std::int64_t parcels = 0;  ///< on their way, or arrived

    void evolve(const Placed& e) {
        state = State::placed;
        customer = e.customer;
        cents = e.cents;
    }
    void evolve(const Paid&) { state = State::paid; }
    void evolve(const Shipped& e) { parcels = e.parcel; }
    void evolve(const Delivered&) { state = State::delivered; }
    void evolve(const Cancelled&) { state = State::cancelled; }
};

// What somebody wants.
struct CheckOut {
    std::string cart, order;
};
struct Pay {
    std::string order;
    std::int64_t cents = 0;
};
struct Ship {
    std::string order;
    std::int64_t parcel = 0;
};
struct Deliver {
    std::string order;
};
struct Cancel {
    std::string order, why;
};

/// A price that fell is charged as it is now; one that rose is `price.changed`: the customer has to see it first.
/// `cart.empty`, `cart.checked_out`, `order.exists`.
[[nodiscard]] varve::Decision decide(const CheckOut& c, const Cart& cart, const Order& order, const PriceList& prices);
/// `order.unknown`, `order.cancelled`, `payment.amount`. Repeated: nothing happens.
[[nodiscard]] varve::Decision decide(const Pay& c, const Order& order);
/// `order.unpaid`. A parcel that was shipped already, or is not needed any more: nothing happens.
[[nodiscard]] varve::Decision decide(const Ship& c, const Order& order);
/// `order.not_shipped`. Repeated: nothing happens.
[[nodiscard]] varve::Decision decide(const Deliver& c, const Order& order);
/// `order.unknown`, `order.paid`. Repeated: nothing happens.
[[nodiscard]] varve::Decision decide(const Cancel& c, const Order& order);

}  // namespace shop
