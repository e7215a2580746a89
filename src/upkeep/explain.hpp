/// varve::explain (varve/inspect.hpp), on any files.
#pragma once

#include "io/files.hpp"
#include "varve/inspect.hpp"
#include "varve/result.hpp"

namespace varve::upkeep {

[[nodiscard]] Result<Explanation> explain(io::Files& files, const io::Path& folder, Position position);

}  // namespace varve::upkeep
