/// Giving room back to the disk, that of removed events and, by compressing, that of all others: Store::compact.
#pragma once

#include <cstdint>

#include "varve/operations.hpp"

namespace varve {

/// How the frames of sealed segments lie on the disk.
enum class Compression : std::uint8_t {
    as_is,  ///< each segment stays as it is
    zstd,   ///< in pages, each compressed by itself with a dictionary of the segment; an event is read out of one
    none    ///< as they were appended
};

struct CompactOptions {
    /// What all sealed segments are to become. A segment that has this form and from which nothing goes is not touched.
    /// With `zstd` the segment that is being written is sealed first when a MiB or more is in it. Not with a dry run
    /// (`invalid_argument`): what compressing would give is known when it is done.
    Compression compression = Compression::as_is;
    /// Only counts what could go: nothing is written, and it may run beside a writer.
    bool dry_run = false;
    Watch watch = {};
};

/// What a compaction has done (or, as a dry run, would do).
struct CompactReport {
    std::uint64_t segments = 0;   ///< looked at: all of them
    std::uint64_t rewritten = 0;  ///< those written anew
    std::uint64_t events = 0;     ///< removed from the files by this compaction
    std::uint64_t bytes_before = 0;
    std::uint64_t bytes_after = 0;  ///< of all segments; of a dry run, about
};

}  // namespace varve
