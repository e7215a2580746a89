/// varve::stats (varve/inspect.hpp), on any files.
#pragma once

#include "io/environment.hpp"
#include "varve/inspect.hpp"
#include "varve/result.hpp"

namespace varve::upkeep {

[[nodiscard]] Result<StoreStats> stats(const io::Environment& environment, const io::Path& folder,
                                       const StatsOptions& options);

}  // namespace varve::upkeep
