/// Conditions of a commit against the heads of streams: the same check and the same words in every engine.
#pragma once

#include <optional>

#include "varve/commit.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve::store {

/// Does the condition hold for a stream whose last revision is `actual` (nothing: it has no event)?
/// If not: `aborted`, with the Conflict that an application reads.
[[nodiscard]] Result<> check(const StreamIs& condition, std::optional<Revision> actual);

}  // namespace varve::store
