/// A read model that nobody had thought of while people shopped: what was put into carts and taken out again, and what
/// stands in carts that nobody came back for. A table of carts has forgotten both.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "shop/cart.hpp"

namespace shop {

struct LeftCart {
    std::string cart, customer;
    varve::Timestamp last_touch = {};
    std::vector<std::string> in, out;  ///< products that are still in it, and that were
    std::int64_t cents = 0;            ///< what it would have cost
    bool reminded = false;
};
/// Carts that were not checked out and last touched before that moment.
struct LeftBefore {
    varve::Timestamp moment;
    using Answer = std::vector<LeftCart>;
};
/// How often each product was taken out again, from whichever cart.
struct SecondThoughts {
    using Answer = std::map<std::string, std::int64_t>;
};

struct AbandonedCarts {
    using Events = Cart::Events;
    using Queries = varve::Queries<LeftBefore, SecondThoughts>;
    struct Watched {
        Cart cart;
        std::vector<std::string> out;
        varve::Timestamp last_touch = {};
    };
    std::map<std::string, Watched> carts;
    std::map<std::string, std::int64_t> taken_out;

    void on(const PutIn& e, const varve::Event& event) { touch(e, event); }
    void on(const TakenOut& e, const varve::Event& event) {
        touch(e, event).out.push_back(e.product);
        ++taken_out[e.product];
    }
    void on(const PriceSeen& e, const varve::Event& event) { touch(e, event); }
    void on(const CheckedOut& e, const varve::Event& event) { touch(e, event); }
    void on(const Reminded& e) { carts[e.cart].cart.evolve(e); }  // the shop's touch, not the customer's
    [[nodiscard]] std::vector<LeftCart> answer(const LeftBefore& q) const;
    [[nodiscard]] std::map<std::string, std::int64_t> answer(const SecondThoughts&) const { return taken_out; }

private:
    /// A cart is folded by the same code as for decisions.
    Watched& touch(const auto& e, const varve::Event& event) {
        Watched& watched = carts[e.cart];
        watched.cart.evolve(e);
        watched.last_touch = event.created;
        return watched;
    }
};

}  // namespace shop
