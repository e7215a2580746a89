/// Giving the room of removed events back to the disk: Store::compact.
#pragma once

#include <cstdint>

#include "varve/operations.hpp"

namespace varve {

struct CompactOptions {
    /// Only counts what could go: nothing is written, and it may run beside a writer.
    bool dry_run = false;
    Watch watch = {};
};

/// What a compaction has done (or, as a dry run, would do).
struct CompactReport {
    std::uint64_t segments = 0;   ///< looked at: all of them
    std::uint64_t rewritten = 0;  ///< those from which something was removed
    std::uint64_t events = 0;     ///< removed from the files by this compaction
    std::uint64_t bytes_before = 0;
    std::uint64_t bytes_after = 0;  ///< of all segments; of a dry run, about
};

}  // namespace varve
