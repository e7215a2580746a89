/// Prices, and what people put into their carts at which price.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "varve/varve.hpp"

namespace shop {

// What has happened.
struct Priced {
    std::string product;
    std::int64_t cents = 0;
};
/// The price is the one that the customer saw: a fact, whatever the shop asks later.
struct PutIn {
    std::string cart, customer, product;
    std::int64_t pieces = 0, seen = 0;
};
struct TakenOut {
    std::string cart, product;
};
/// The customer has been shown another price since.
struct PriceSeen {
    std::string cart, product;
    std::int64_t seen = 0;
};
struct CheckedOut {
    std::string cart, order;
};
/// Somebody was told that the cart still stands there.
struct Reminded {
    std::string cart, customer;
};

/// All prices: one entity, because a checkout looks at several of them at once.
struct PriceList {
    using Events = varve::Events<Priced>;
    std::map<std::string, std::int64_t> cents;

    void evolve(const Priced& e) { cents[e.product] = e.cents; }
};

struct Cart {
    using Events = varve::Events<PutIn, TakenOut, PriceSeen, CheckedOut, Reminded>;
    struct Item {
        std::int64_t pieces = 0, seen = 0;
    };
    std::string customer, order;
    std::map<std::string, Item> items;
    bool reminded = false;

    void evolve(const PutIn& e) {
        customer = e.customer;
        items[e.product] = {items[e.product].pieces + e.pieces, e.seen};
    }
    void evolve(const TakenOut& e) { items.erase(e.product); }
    void evolve(const PriceSeen& e) { items[e.product].seen = e.seen; }
    void evolve(const CheckedOut& e) { order = e.order; }
    void evolve(const Reminded&) { reminded = true; }
};

// What somebody wants.
struct SetPrice {
    std::string product;
    std::int64_t cents = 0;
};
struct Put {
    std::string cart, customer, product;
    std::int64_t pieces = 0, seen = 0;
};
struct TakeOut {
    std::string cart, product;
};
/// The customer looks at the cart, with the prices of now.
struct Look {
    std::string cart;
};
/// To whom does the cart belong, and is it still full? Once, and only when somebody left it.
struct Remind {
    std::string cart;
};

inline constexpr std::int64_t most_pieces = 1'000;
inline constexpr std::int64_t highest_price = 100'000'000;

/// `price.amount`.
[[nodiscard]] varve::Decision decide(const SetPrice& c, const PriceList& prices);
/// `cart.checked_out`, `cart.amount`, `product.unknown`, `price.changed` (the page that the customer saw is an old one).
[[nodiscard]] varve::Decision decide(const Put& c, const Cart& cart, const PriceList& prices);
/// `cart.checked_out`, `cart.not_in`.
[[nodiscard]] varve::Decision decide(const TakeOut& c, const Cart& cart);
/// `cart.checked_out`.
[[nodiscard]] varve::Decision decide(const Look& c, const Cart& cart, const PriceList& prices);
/// Nothing happens to a cart that is empty, checked out or reminded already.
[[nodiscard]] varve::Decision decide(const Remind& c, const Cart& cart);

}  // namespace shop
