/// What readers may see: the segments, and how far the log is committed. One thread publishes the end, any thread puts
/// segments and reads.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "log/segment.hpp"
#include "log/store_file.hpp"

namespace varve::log {

using SegmentList = std::vector<std::shared_ptr<Segment>>;

/// The segment that holds a position: the last one that begins at or before it. Requires a list that is not empty.
[[nodiscard]] const std::shared_ptr<Segment>& segment_of(const SegmentList& segments, Position position);
/// Likewise for a block.
[[nodiscard]] const std::shared_ptr<Segment>& segment_of_block(const SegmentList& segments, std::uint64_t sequence);

class Catalog {
public:
    /// The present list; it is never changed, only replaced. Counted, so that readers notice without a lock.
    [[nodiscard]] std::shared_ptr<const SegmentList> segments() const;
    [[nodiscard]] std::uint64_t version() const { return version_.load(std::memory_order_acquire); }
    void set_segments(SegmentList segments);
    /// Puts `segment` in the place of the one of the same first position, or at the end.
    void put(std::shared_ptr<Segment> segment);

    /// Do any of the segments lack events? Once true it stays so.
    [[nodiscard]] bool compacted() const { return compacted_.load(std::memory_order_acquire); }

    /// As Log::missing.
    [[nodiscard]] std::uint64_t missing() const { return missing_.load(std::memory_order_acquire); }

    /// Events below this position are visible.
    [[nodiscard]] Position committed() const { return Position{committed_.load(std::memory_order_acquire)}; }
    /// The end of the committed log, and where it lies.
    [[nodiscard]] Checkpoint end() const;
    void commit(const Checkpoint& end);

    /// As Log::wait. Nobody waiting costs commit() nothing.
    bool wait(std::uint64_t sequence, std::chrono::steady_clock::time_point deadline);
    void wake_waiters();

private:
    void replace(SegmentList segments);

    mutable std::mutex list_mutex_;
    std::shared_ptr<const SegmentList> list_ = std::make_shared<SegmentList>();
    std::atomic<std::uint64_t> version_ = 0;
    std::atomic<bool> compacted_ = false;
    std::atomic<std::uint64_t> missing_ = 0;

    mutable std::mutex end_mutex_;
    std::condition_variable moved_;
    Checkpoint end_;
    std::uint64_t waiters_ = 0;
    std::uint64_t wakes_ = 0;
    std::atomic<std::uint64_t> committed_ = 0;
};

}  // namespace varve::log
