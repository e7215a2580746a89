/// Shelves in warehouses, and reservations that hold pieces on two of them at once.
#pragma once

#include <cstdint>
#include <string>

#include "varve/varve.hpp"

namespace supply_chain {

// What has happened on a shelf. Its name says what and where: `bolts@berlin`.
struct Received {
    std::string shelf;
    std::int64_t pieces = 0;
};
struct Held {
    std::string shelf, order;
    std::int64_t pieces = 0;
};
struct PutBack {
    std::string shelf, order;
    std::int64_t pieces = 0;
};
struct Taken {
    std::string shelf, order;
    std::int64_t pieces = 0;
};

// What has happened to a reservation.
struct Reserved {
    std::string order, near, far;
    std::int64_t from_near = 0, from_far = 0;
};
struct Collected {
    std::string order;
};
struct Released {
    std::string order;
};

struct Shelf {
    using Events = varve::Events<Received, Held, PutBack, Taken>;

    std::int64_t there = 0, held = 0;

    [[nodiscard]] std::int64_t free() const { return there - held; }
    void evolve(const Received& e) { there += e.pieces; }
    void evolve(const Held& e) { held += e.pieces; }
    void evolve(const PutBack& e) { held -= e.pieces; }
    void evolve(const Taken& e) {
        there -= e.pieces;
        held -= e.pieces;
    }
};

struct Reservation {
    using Events = varve::Events<Reserved, Collected, Released>;
    enum class State : std::uint8_t { none, held, collected, released };

    State state = State::none;
    Reserved what;

    void evolve(const Reserved& e) {
        state = State::held;
        what = e;
    }
    void evolve(const Collected&) { state = State::collected; }
    void evolve(const Released&) { state = State::released; }
};

// What somebody wants.
struct Receive {
    std::string shelf;
    std::int64_t pieces = 0;
};
/// From the near shelf as much as it has, the rest from the far one; all of it or nothing.
struct Reserve {
    std::string order, near, far;
    std::int64_t pieces = 0;
};
/// The buyer has come for it. The shelves are those of the reservation.
struct Collect {
    std::string order, near, far;
};
/// Nobody has come.
struct Release {
    std::string order, near, far;
};

inline constexpr std::int64_t most_pieces = 1'000'000'000;

/// `pieces.amount`.
[[nodiscard]] varve::Decision decide(const Receive& c, const Shelf& shelf);
/// `pieces.amount`, `order.exists`, `shelf.twice`, `stock.short`.
[[nodiscard]] varve::Decision decide(const Reserve& c, const Reservation& order, const Shelf& near, const Shelf& far);
/// `order.unknown`, `order.other_shelves`, `order.released`. Repeated: nothing happens.
[[nodiscard]] varve::Decision decide(const Collect& c, const Reservation& order, const Shelf& near, const Shelf& far);
/// `order.unknown`, `order.other_shelves`, `order.collected`. Repeated: nothing happens.
[[nodiscard]] varve::Decision decide(const Release& c, const Reservation& order, const Shelf& near, const Shelf& far);

}  // namespace supply_chain
