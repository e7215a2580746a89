/// Brings a folder's segments into order at opening: everything is looked at before anything is changed
/// (docs/internals/log.md, "Opening").
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "io/environment.hpp"
#include "log/catalog.hpp"
#include "log/frame_scan.hpp"
#include "log/segment_files.hpp"
#include "log/store_file.hpp"
#include "varve/result.hpp"

namespace varve::log {

struct RecoveryOptions {
    io::Path folder;
    std::uint64_t segment_bytes = 0;
    bool read_only = false;
    std::function<Result<Position>(const std::string& store_id)> witness = {};  ///< as SegmentLogOptions::witness
};

struct RecoveredLog {
    SegmentList segments;  ///< the last one grows; empty only when read only
    Checkpoint end;
    std::uint64_t epoch = 0;        ///< for new blocks
    std::optional<FrameScan> tail;  ///< read only: where to look for more
};

/// The name under which the next segment is prepared.
inline constexpr std::string_view spare_name = "next.tmp";

/// Leaves a log that can be appended to (unless read only), with STORE marked as open and every byte of it durable.
/// `data_loss`: damage before the last durable block; nothing was changed.
[[nodiscard]] Result<RecoveredLog> recover(const io::Environment& environment, const RecoveryOptions& options,
                                           StoreFile& store);

/// The header of the segment that begins at `end`.
[[nodiscard]] SegmentHeader next_header(const io::Environment& environment, const StoreId& store, const Checkpoint& end,
                                        std::uint64_t number, std::uint64_t epoch, std::uint64_t capacity);

}  // namespace varve::log
