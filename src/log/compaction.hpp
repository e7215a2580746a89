/// Goes over all sealed segments of a log and rewrites those from which something may go (docs/internals/log.md,
/// "Compaction").
#pragma once

#include <cstdint>
#include <functional>

#include "io/environment.hpp"
#include "log/leave.hpp"
#include "varve/compact.hpp"
#include "varve/result.hpp"

namespace varve::log {

class Catalog;
struct SegmentFile;

struct CompactionRequest {
    Position end;  ///< events at or beyond it stay
    Judge judge;   ///< asked of each event below it that is there, from the calling thread; empty: all stay
    CompactOptions options = {};
    bool seal_tail = true;  ///< the segment that is being written too, when it is worth it
    /// Of segments that it packs, as in SegmentHeader. Larger pages take less room, and longer to unpack for one event
    /// (docs/decisions/0014-packed-segments.md).
    std::uint32_t page_bytes = 16 << 10;
};

/// Gives a rewritten segment the name of the one that it was made of; it lies in the folder as rewriting_name, and the
/// catalog shows it when this returns.
using Install = std::function<Result<>(const SegmentFile& made)>;

/// `install` is not asked in a dry run. An error leaves what was done until then, which need not be done again:
/// `cancelled`, `data_loss` (a segment is damaged; it stays as it is), `resource_exhausted`, `unavailable`.
[[nodiscard]] Result<CompactReport> compact_segments(const io::Environment& environment, const io::Path& folder,
                                                     const Catalog& catalog, const CompactionRequest& request,
                                                     const Install& install);

}  // namespace varve::log
