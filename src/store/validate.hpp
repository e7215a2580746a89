/// The door: what a commit or a selection must look like before an engine sees it. Limits: varve/limits.hpp.
#pragma once

#include <cstddef>

#include "varve/commit.hpp"
#include "varve/event.hpp"
#include "varve/result.hpp"
#include "varve/selection.hpp"

namespace varve::store {

/// Checks a commit and draws the ids that were not given. `invalid_argument` names the event (counted from 1),
/// the thing and the limit.
[[nodiscard]] Result<> admit(Commit& commit);

/// Checks a selection for `read`.
[[nodiscard]] Result<> admit(const Selection& selection);

/// Checks a selection for `subscribe`: as above, forward and without an end.
[[nodiscard]] Result<> admit_subscription(const Selection& selection);

/// What one event counts towards limits::event_bytes: data, metadata, names and tags.
[[nodiscard]] std::size_t event_bytes(const NewEvent& event);

}  // namespace varve::store
