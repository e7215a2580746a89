#include "supply_chain/stock.hpp"

#include <algorithm>

namespace supply_chain {

using varve::accept;
using varve::Decision;
using varve::on;
using varve::reject;

namespace {

bool is_amount(std::int64_t pieces) {
    return pieces > 0 && pieces <= most_pieces;
}

/// The same happens on both shelves, each with the pieces that the reservation has there.
template <class Happened>
Decision on_both(Decision decision, const Reserved& what) {
    if (what.from_near > 0) decision.add(on<Shelf>(what.near, Happened{what.near, what.order, what.from_near}));
    if (what.from_far > 0) decision.add(on<Shelf>(what.far, Happened{what.far, what.order, what.from_far}));
    return decision;
}

/// Why a command about a reservation cannot be meant; empty: it can.
template <class Command>
std::string trouble_with(const Command& c, const Reservation& order) {
    if (order.state == Reservation::State::none) return "order.unknown";
    return c.near == order.what.near && c.far == order.what.far ? "" : "order.other_shelves";
}

}  // namespace

Decision decide(const Receive& c, const Shelf&) {
    if (!is_amount(c.pieces)) return reject("pieces.amount");
    return accept(Received{c.shelf, c.pieces});
}

Decision decide(const Reserve& c, const Reservation& order, const Shelf& near, const Shelf& far) {
    if (!is_amount(c.pieces)) return reject("pieces.amount");
    if (order.state != Reservation::State::none) return reject("order.exists");
    if (c.near == c.far) return reject("shelf.twice");
    const std::int64_t from_near = std::min(c.pieces, near.free()), from_far = c.pieces - from_near;
    if (from_far > far.free()) return reject("stock.short");
    const Reserved reserved{c.order, c.near, c.far, from_near, from_far};
    return on_both<Held>(accept(on<Reservation>(c.order, reserved)), reserved);
}

Decision decide(const Collect& c, const Reservation& order, const Shelf&, const Shelf&) {
    if (const auto trouble = trouble_with(c, order); !trouble.empty()) return reject(trouble);
    if (order.state == Reservation::State::released) return reject("order.released");
    if (order.state == Reservation::State::collected) return accept();
    return on_both<Taken>(accept(on<Reservation>(c.order, Collected{c.order})), order.what);
}

Decision decide(const Release& c, const Reservation& order, const Shelf&, const Shelf&) {
    if (const auto trouble = trouble_with(c, order); !trouble.empty()) return reject(trouble);
    if (order.state == Reservation::State::collected) return reject("order.collected");
    if (order.state == Reservation::State::released) return accept();
    return on_both<PutBack>(accept(on<Reservation>(c.order, Released{c.order})), order.what);
}

}  // namespace supply_chain
