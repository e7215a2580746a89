/// Damages a copy of a store at rest and looks whether it is found, and nothing is cut that was durable.
#pragma once

#include <cstdint>

#include "simulation/history.hpp"
#include "simulation/world.hpp"

namespace varve::simulation {

/// How the store came to rest.
struct Rest {
    bool clean = false;  ///< closed in order
    Position required;   ///< events below it were promised
};

/// One piece of damage, drawn. The world stays as it is.
void probe_damage(const World& world, const History& history, const Rest& rest, std::uint64_t seed);

}  // namespace varve::simulation
