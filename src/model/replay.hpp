/// A whole read model as of a place in the past.
#pragma once

#include "varve/detail/projection_type.hpp"
#include "varve/entity.hpp"
#include "varve/store.hpp"

namespace varve {

/// Applies the log up to that place to a fresh projection in memory; answers the position it now stands for.
[[nodiscard]] Result<Position> replay(const Store& store, const detail::ProjectionType& type, const AsOf& as_of,
                                      void* projection);

}  // namespace varve
