/// A selection's inclusive bounds, which turn with its direction, as one half-open range that does not.
#pragma once

#include <cstdint>

#include "varve/selection.hpp"
#include "varve/types.hpp"

namespace varve::store {

/// begin <= n < end; empty when begin >= end.
struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    [[nodiscard]] constexpr bool empty() const { return begin >= end; }
    friend constexpr bool operator==(const Range&, const Range&) = default;
};

/// The positions below `end` that the selection's `from` and `until` leave. `as_of` is the caller's: it makes
/// `end` smaller. Example: backward, from 7, until 3, end 6: [3, 6).
[[nodiscard]] Range position_range(const Selection& selection, Position end);

/// The revisions below `end` that `from_revision` and `until_revision` leave.
[[nodiscard]] Range revision_range(const Selection& selection, Revision end);

/// The part of the range that remains of a walk of at most `limit` steps in that direction.
[[nodiscard]] Range clipped(Range range, Direction direction, std::uint64_t limit);

}  // namespace varve::store
