#include "shop/abandoned.hpp"

namespace shop {

std::vector<LeftCart> AbandonedCarts::answer(const LeftBefore& q) const {
    std::vector<LeftCart> all;
    for (const auto& [name, watched] : carts) {
        if (!watched.cart.order.empty() || watched.last_touch >= q.moment) continue;
        LeftCart left{name, watched.cart.customer, watched.last_touch, {}, watched.out, 0, watched.cart.reminded};
        for (const auto& [product, item] : watched.cart.items) {
            left.in.push_back(product);
            left.cents += item.pieces * item.seen;
        }
        all.push_back(left);
    }
    return all;
}

}  // namespace shop
