/// Opening an index beside its log: which index may be believed, and what the log has beyond it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/catalog.hpp"
#include "engine/inside.hpp"
#include "index/index.hpp"
#include "log/segment_log.hpp"
#include "varve/result.hpp"

namespace varve::engine {

/// `inside` with everything in it: a null home becomes that of the folder.
[[nodiscard]] Inside completed(const Inside& inside, const std::string& folder);

/// An index and how far it reaches.
struct OpenIndex {
    std::shared_ptr<index::Index> index;
    index::Watermark watermark;
};

/// The index in its home as it is; nothing when there is none, a damaged one, which may be built anew, or, read-only,
/// one that this user may not read. An error is
/// the operating system's (a full disk, too many open files ...) and says nothing against the index.
[[nodiscard]] Result<std::optional<OpenIndex>> open_index(index::Home& home, bool read_only);

/// True when the index was built from this very log: same store, and the watermark lies on the log's own chain.
/// `data_loss`: it was built from more of this store's log than there is now. Only what was durable is ever indexed, so
/// the log has lost events.
[[nodiscard]] Result<bool> fits(const index::Watermark& watermark, log::SegmentLog& log);

/// The index of a log that is open for writing: `found` when it fits, otherwise a new, empty one in its place.
[[nodiscard]] Result<OpenIndex> fit_index(index::Home& home, log::SegmentLog& log, std::optional<OpenIndex> found);

/// The index of a log that is open for reading; an empty one in memory when there is none that fits.
[[nodiscard]] Result<OpenIndex> open_index_to_read(index::Home& home, log::SegmentLog& log);

/// Adds to the catalog's tables all events of the blocks that the reader still gives.
[[nodiscard]] Result<> add_rest(log::BlockReader& blocks, Catalog& catalog);

}  // namespace varve::engine
