/// A payload from which a compaction removes events (docs/internals/format.md, "Commit").
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "log/block.hpp"
#include "log/leave.hpp"

namespace varve::log {

struct ReducedPayload {
    std::string bytes;
    std::vector<std::uint32_t> records = {};  ///< of each event: its offset in `bytes`, or record_removed
};

/// The payload of `block`, which may have been reduced before, with as much of its events as `leave` says, and their
/// records stamped with their new places. Extensions of commits stay. Requires a payload that is whole.
[[nodiscard]] ReducedPayload reduce(const Block& block, std::span<const std::uint32_t> records,
                                    std::span<const Leave> leave);

}  // namespace varve::log
