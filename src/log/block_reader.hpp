/// Blocks in order of sequence, straight from the segments' views.
#pragma once

#include <memory>

#include "log/catalog.hpp"
#include "log/log.hpp"

namespace varve::log {

/// `out_of_range` when `sequence` is beyond the end of the log (the end itself is fine: blocks may come).
[[nodiscard]] Result<std::unique_ptr<BlockReader>> read_blocks(std::shared_ptr<const Catalog> catalog,
                                                               std::uint64_t sequence);

}  // namespace varve::log
