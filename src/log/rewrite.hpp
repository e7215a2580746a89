/// Takes events out of a sealed segment, packs or unpacks it: a new file with the same blocks, which then takes the old
/// one's name (docs/internals/format.md, "A rewritten segment").
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "io/files.hpp"
#include "log/leave.hpp"
#include "log/segment_files.hpp"
#include "varve/result.hpp"

namespace varve::log {

/// Under this name a rewritten segment is made.
inline constexpr std::string_view rewriting_name = "rewrite.tmp";

/// Told how many bytes were gone over since the last call; an error ends the work.
using Tick = std::function<Result<>(std::uint64_t bytes)>;

/// What is to be done with a segment.
struct RewritePlan {
    std::vector<Leave> leave;         ///< of each of its events
    std::uint64_t removed = 0;        ///< events that lose something which they have
    std::uint64_t removed_bytes = 0;  ///< of their records, about
};

/// What the new file does not take over from the old one.
struct NewFile {
    std::uint64_t salt = 0;        ///< random
    std::uint32_t page_bytes = 0;  ///< as in SegmentHeader
};

/// Reads a sealed segment and asks for each event below `end`. `data_loss` when it is not whole: damage is never
/// written anew.
[[nodiscard]] Result<RewritePlan> plan_rewrite(const SegmentFile& segment, Position end, const Judge& judge,
                                               const Tick& tick);

/// Writes the segment anew as rewriting_name in `folder`, reads it back and compares; durable, but for its name, when
/// this returns. Answers the new file; the old one stays as it is.
[[nodiscard]] Result<SegmentFile> rewrite(io::Files& files, const io::Path& folder, const SegmentFile& segment,
                                          const RewritePlan& plan, const NewFile& anew, const Tick& tick);

}  // namespace varve::log
