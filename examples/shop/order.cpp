#include "shop/order.hpp"

namespace shop {

using varve::accept;
using varve::Decision;
using varve::on;
using varve::reject;

Decision decide(const CheckOut& c, const Cart& cart, const Order& order, const PriceList& prices) {
    if (!cart.order.empty()) return reject("cart.checked_out");
    if (order.state != Order::State::none) return reject("order.exists");
    if (cart.items.empty()) return reject("cart.empty");
    Placed placed{c.order, cart.customer, {}, 0};
    for (const auto& [product, item] : cart.items) {
        const std::int64_t now = prices.cents.at(product);
        if (now > item.seen) return reject("price.changed");
        placed.lines.push_back({product, item.pieces, now});
        placed.cents += item.pieces * now;
    }
    return accept(on<Cart>(c.cart, CheckedOut{c.cart, c.order}), on<Order>(c.order, placed));
}

Decision decide(const Pay& c, const Order& order) {
    if (order.state == Order::State::none) return reject("order.unknown");
    if (order.state == Order::State::cancelled) return reject("order.cancelled");
    if (c.cents != order.cents) return reject("payment.amount");
    if (order.state != Order::State::placed) return accept();
    return accept(Paid{c.order});
}

Decision decide(const Ship& c, const Order& order) {
    if (order.state == Order::State::delivered || c.parcel <= order.parcels) return accept();
    if (order.state != Order::State::paid) return reject("order.unpaid");
    return accept(Shipped{c.order, order.customer, c.parcel});
}

Decision decide(const Deliver& c, const Order& order) {
    if (order.state == Order::State::delivered) return accept();
    if (order.parcels == 0) return reject("order.not_shipped");
    return accept(Delivered{c.order, order.customer});
}

Decision decide(const Cancel& c, const Order& order) {
    if (order.state == Order::State::none) return reject("order.unknown");
    if (order.state == Order::State::cancelled) return accept();
    if (order.state != Order::State::placed) return reject("order.paid");
    return accept(Cancelled{c.order, order.customer, c.why});
}

}  // namespace shop
