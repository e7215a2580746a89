/// The log in a folder of segment files: the local implementation of the log seam, and the place where positions
/// become events (docs/internals/format.md, docs/internals/log.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/environment.hpp"
#include "log/compaction.hpp"
#include "log/log.hpp"
#include "varve/commit.hpp"
#include "varve/event.hpp"
#include "varve/result.hpp"
#include "varve/selection.hpp"

namespace varve::log {

struct SegmentLogOptions {
    io::Path folder;
    Durability durability = Durability::durable;  ///< durable or buffered
    bool create = true;
    bool read_only = false;  ///< no lock, no repair, no new files; follows what a writer beside it commits
    std::uint64_t segment_bytes = 64 << 20;
    /// Asked at most once, when the end of the log is not clean, the lock being held: positions below the answer were
    /// durable once (the index's watermark), which tells damage from a torn tail. An error ends the
    /// opening before anything is cut. Empty: no such witness.
    std::function<Result<Position>(const std::string& store_id)> witness = {};
};

struct SegmentInfo {
    std::string file;
    Position first, next;
    std::uint64_t bytes = 0;
    bool sealed = false;
    bool compressed = false;
};

class SegmentLog;
class Catalog;

/// Decodes events by position, straight from the mapped segments. Used by one thread at a time; cheap to make.
class EventReader {
public:
    explicit EventReader(const SegmentLog& log);
    ~EventReader();
    EventReader(EventReader&&) noexcept;
    EventReader& operator=(EventReader&&) noexcept;

    /// The event at a committed position, checksum verified; valid until the next call. nullptr: a compaction has
    /// removed it. O(1). `data_loss` names segment, offset and position.
    Result<const Event*> at(Position position);

    /// Would at() answer that a compaction has removed it? Without looking at the event.
    [[nodiscard]] bool is_removed(Position position);
    /// After at() answered that the event at this position was removed: how many are removed in a row, from it on in that
    /// direction; at least 1. (There may be more.)
    [[nodiscard]] std::uint64_t removed_run(Position position, Direction direction) const;

    /// The next calls ask for these positions, in this order: the bytes of the first few are on their way into the
    /// processor's cache when they do. Scattered events are each a few misses that need not wait for one another.
    /// Answers how many it looked at.
    std::size_t expect(std::span<const Position> positions);

private:
    struct State;
    std::unique_ptr<State> state_;
};

class SegmentLog : public Log {
public:
    /// Opens (creating where allowed) and recovers: a torn tail is cut (its bytes kept in quarantine/), damage
    /// before the last durable block refuses with `data_loss` and changes nothing.
    [[nodiscard]] static Result<std::shared_ptr<SegmentLog>> open(const io::Environment& environment,
                                                                  const SegmentLogOptions& options);

    /// The epoch blocks must carry: fixed at opening, never less than that of any block before; it grows when the end
    /// was unclean.
    [[nodiscard]] virtual std::uint64_t epoch() const = 0;
    /// Number of the first position committed after `time` (= events committed at or before it). Binary search.
    [[nodiscard]] virtual Result<Position> position_at(Timestamp time) const = 0;
    /// Commit time of the first event; nothing in an empty log.
    [[nodiscard]] virtual std::optional<Timestamp> first_time() const = 0;
    /// Sequence of the block that holds a committed position.
    [[nodiscard]] virtual Result<std::uint64_t> sequence_of(Position position) const = 0;
    [[nodiscard]] virtual std::vector<SegmentInfo> segments() const = 0;
    [[nodiscard]] virtual std::string id() const = 0;  ///< the store's UUID
    [[nodiscard]] virtual std::uint32_t format() const = 0;
    [[nodiscard]] virtual std::uint64_t commits() const = 0;
    /// Read-only logs: looks for blocks that a writer beside us has committed since; true when there are any.
    virtual Result<bool> refresh() = 0;
    /// Removes what the request's judge lets go, while appends and reads go on; one at a time, the next waits. The
    /// segment that is being written is sealed first when there is something in it to remove. A log that was opened
    /// read only does dry runs alone: `failed_precondition`. Other errors: see compact_segments; close() ends it with
    /// `cancelled`.
    virtual Result<CompactReport> compact(const CompactionRequest& request) = 0;
    /// Wakes every waiter (wait returns false early).
    virtual void wake_waiters() = 0;
    /// Writes the clean-shutdown checkpoint, frees the lock. Idempotent. What is committed stays readable; appends
    /// are refused. The destructor closes too, but can tell nobody when that fails.
    virtual Result<> close() = 0;
    /// What readers share with the log (log/catalog.hpp); a reader that holds it may outlive the log.
    [[nodiscard]] virtual std::shared_ptr<const Catalog> catalog() const = 0;
};

}  // namespace varve::log
