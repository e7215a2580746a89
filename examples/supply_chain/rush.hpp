/// Many buyers at once.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "supply_chain/stock.hpp"

namespace supply_chain {

/// Everything that the application does with its App.
void wire(varve::App& app);

struct Plan {
    std::string name;  ///< of the rush: what its orders are called
    unsigned buyers = 16;
    unsigned orders_each = 4;
    std::int64_t pieces = 2;   ///< of each order
    std::string shelf, other;  ///< every second buyer is nearer to the other one
};

struct Outcome {
    std::vector<Reserve> reserved;  ///< those that got what they wanted, in the order of names
    std::uint64_t refused = 0;      ///< for want of stock
};

/// Each buyer is a thread. Answers the first error, if any was other than `stock.short`.
[[nodiscard]] varve::Result<Outcome> rush(varve::App& app, const Plan& plan);

}  // namespace supply_chain
