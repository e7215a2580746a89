/// A commit's query conditions on their way through admission.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/terms.hpp"
#include "varve/commit.hpp"

namespace varve::engine {

/// One NoEventMatches, its terms hashed. Views into the commit, which must stay.
struct QueryCheck {
    QueryCheck(const NoEventMatches& condition, std::size_t number);

    struct Item {
        std::vector<HashedTerm> types;  ///< any of these; empty: any type
        std::vector<HashedTerm> tags;   ///< all of these
    };

    const NoEventMatches* condition;
    std::size_t number;  ///< in Commit::conditions
    std::vector<Item> items;
    Position clean;                 ///< no event below this breaks the condition, now and for ever
    std::optional<Position> found;  ///< the first event that breaks it
};

/// Those of the commit, in order.
[[nodiscard]] std::vector<QueryCheck> query_checks(const Commit& commit);

}  // namespace varve::engine
