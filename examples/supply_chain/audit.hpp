/// A question that nobody had thought of while goods were held: was more held than there was, ever, and how much was held
/// for nobody?
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "supply_chain/stock.hpp"

namespace supply_chain {

struct Findings {
    std::uint64_t looks = 0;              ///< at a shelf, one after each event
    std::uint64_t oversold = 0;           ///< of them: more was held than was there
    std::int64_t idle_piece_minutes = 0;  ///< held, and then put back
};

struct WasItSound {
    using Answer = Findings;
};

struct Audit {
    using Events = Shelf::Events;
    using Queries = varve::Queries<WasItSound>;

    std::map<std::string, Shelf> shelves;
    std::map<std::pair<std::string, std::string>, varve::Timestamp> held_since;  ///< by shelf and order
    Findings findings;

    void on(const Received& e) { look(e); }
    void on(const Held& e, const varve::Event& event) {
        held_since[{e.shelf, e.order}] = event.created;
        look(e);
    }
    void on(const PutBack& e, const varve::Event& event) {
        const auto held = event.created - held_since[{e.shelf, e.order}];
        findings.idle_piece_minutes += e.pieces * std::chrono::floor<std::chrono::minutes>(held).count();
        look(e);
    }
    void on(const Taken& e) { look(e); }
    [[nodiscard]] Findings answer(const WasItSound&) const { return findings; }

private:
    /// The shelf is folded by the same code as for decisions.
    template <class Happened>
    void look(const Happened& e) {
        Shelf& shelf = shelves[e.shelf];
        shelf.evolve(e);
        ++findings.looks;
        if (shelf.held < 0 || shelf.free() < 0) ++findings.oversold;
    }
};

}  // namespace supply_chain
