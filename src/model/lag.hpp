/// What only the store knows about a projection's lag.
#pragma once

#include "varve/clock.hpp"
#include "varve/projection_status.hpp"
#include "varve/store.hpp"

namespace varve {

/// Fills in how old the oldest unseen event is, how long it takes to catch up, and which event a slow handler is at.
void complete(ProjectionStatus& status, const Store& store, Clock& clock);

}  // namespace varve
