/// Streams, types and tags of the events in simulated stores, and queries made of them.
#pragma once

#include <array>
#include <string>

#include "simulation/dice.hpp"
#include "varve/selection.hpp"

namespace varve::simulation {

inline constexpr std::array event_types{"Opened", "Deposited", "Closed"};
inline constexpr std::array event_tags{"red", "green", "order:7"};

inline constexpr std::array stream_categories{"acct", "cart", "audit-x"};

[[nodiscard]] inline std::string stream_name(Dice& dice) {
    if (dice.chance(5)) return "solo";
    return std::string(dice.pick(stream_categories)) + "-" +
           std::to_string(dice.chance(50) ? dice.below(2) : dice.below(9));
}

[[nodiscard]] inline Query any_query(Dice& dice) {
    Query query;
    for (auto items = dice.between(1, 2); items > 0; --items) {
        Query::Item item;
        for (auto types = dice.below(3); types > 0; --types) item.types.emplace_back(dice.pick(event_types));
        for (auto tags = dice.below(3); tags > 0; --tags) item.tags.emplace_back(dice.pick(event_tags));
        if (item.types.empty() && item.tags.empty()) item.tags.emplace_back("nobody has it");
        query.items.push_back(std::move(item));
    }
    return query;
}

}  // namespace varve::simulation
