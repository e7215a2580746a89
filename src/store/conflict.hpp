/// Conditions of a commit that do not hold: the same check and the same words in every engine.
#pragma once

#include <cstddef>
#include <optional>

#include "store/rules.hpp"
#include "varve/commit.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve::store {

/// Does the condition hold for a stream that stands like this?
/// If not: `aborted`, with the Conflict that an application reads. `number`: its place in Commit::conditions.
[[nodiscard]] Result<> check(const StreamIs& condition, std::size_t number, const Standing& actual);

/// Does the condition hold when `found` is the first event after its position that matches (nothing: none does)?
[[nodiscard]] Result<> check(const NoEventMatches& condition, std::size_t number, std::optional<Position> found);

}  // namespace varve::store
