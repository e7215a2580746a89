/// The reading side of a log that somebody else writes: finds what was committed since, and shows it only when it
/// can no longer be lost (docs/internals/log.md, "Following").
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "io/files.hpp"
#include "log/catalog.hpp"
#include "log/frame_scan.hpp"
#include "log/recovery.hpp"
#include "log/segment_files.hpp"
#include "varve/result.hpp"

namespace varve::log {

/// Safe from any thread.
class LogFollower {
public:
    LogFollower(std::shared_ptr<io::Files> files, io::Path folder, const StoreState& store, RecoveredLog recovered,
                std::shared_ptr<Catalog> catalog);

    /// True when there is more than before.
    Result<bool> refresh();

private:
    Result<> read_on();
    Result<bool> enter_next_segment();
    Result<bool> take_rewritten(SegmentFile& file);

    const std::shared_ptr<io::Files> files_;
    const io::Path folder_;
    const StoreState store_;
    const std::shared_ptr<Catalog> catalog_;
    std::mutex mutex_;
    std::shared_ptr<Segment> segment_;  ///< the one that grows; nothing before the first
    std::optional<FrameScan> tail_;     ///< of segment_; nothing when it is sealed
    Checkpoint end_;
    std::uint64_t number_ = 0;  ///< of the segment after segment_
};

}  // namespace varve::log
