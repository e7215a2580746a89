#include "shop/cart.hpp"

namespace shop {

using varve::accept;
using varve::Decision;
using varve::on;
using varve::reject;

Decision decide(const SetPrice& c, const PriceList& prices) {
    if (c.cents <= 0 || c.cents > highest_price) return reject("price.amount");
    const auto now = prices.cents.find(c.product);
    if (now != prices.cents.end() && now->second == c.cents) return accept();
    return accept(Priced{c.product, c.cents});
}

Decision decide(const Put& c, const Cart& cart, const PriceList& prices) {
    if (!cart.order.empty()) return reject("cart.checked_out");
    if (c.pieces <= 0 || c.pieces > most_pieces) return reject("cart.amount");
    const auto now = prices.cents.find(c.product);
    if (now == prices.cents.end()) return reject("product.unknown");
    if (now->second != c.seen) return reject("price.changed");
    return accept(on<Cart>(c.cart, PutIn{c.cart, c.customer, c.product, c.pieces, c.seen}));
}

Decision decide(const TakeOut& c, const Cart& cart) {
    if (!cart.order.empty()) return reject("cart.checked_out");
    if (!cart.items.contains(c.product)) return reject("cart.not_in");
    return accept(TakenOut{c.cart, c.product});
}

Decision decide(const Look& c, const Cart& cart, const PriceList& prices) {
    if (!cart.order.empty()) return reject("cart.checked_out");
    Decision decision;
    for (const auto& [product, item] : cart.items) {
        const std::int64_t now = prices.cents.at(product);
        if (now != item.seen) decision.add(on<Cart>(c.cart, PriceSeen{c.cart, product, now}));
    }
    return decision;
}

Decision decide(const Remind& c, const Cart& cart) {
    if (cart.items.empty() || !cart.order.empty() || cart.reminded) return accept();
    return accept(Reminded{c.cart, cart.customer});
}

}  // namespace shop
