/// The seam between `Store` and what stands behind it. Applications need not read this header; whoever writes
/// another engine implements `Engine` and joins the conformance suite (tests/conformance) with one line.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "varve/commit.hpp"
#include "varve/compact.hpp"
#include "varve/event.hpp"
#include "varve/export.hpp"
#include "varve/result.hpp"
#include "varve/retention.hpp"
#include "varve/selection.hpp"

namespace varve {

/// A point on the steady clock; `Deadline::max()` waits for ever.
using Deadline = std::chrono::steady_clock::time_point;

/// One line of `Store::streams`.
struct StreamInfo {
    std::string name;
    Revision last;  ///< revision of its last event, though it may be too old to be shown
    Position last_position;
    friend bool operator==(const StreamInfo&, const StreamInfo&) = default;
};

/// Tells whoever keeps what it has read whether some of it may be gone since. Each number has moved when the receipt of
/// what moves it, or the report of the compaction, is answered, and not before readers see it.
struct Removals {
    std::uint64_t settings = 0;  ///< 0: no stream has settings (varve/retention.hpp); else another one with each change
    std::uint64_t compactions = 0;  ///< grows with each compaction that removes events
    /// Stands for all that compactions have removed, also before the store was opened: another number once more is gone, which
    /// nobody sees before that is so. 0: nothing is.
    std::uint64_t missing = 0;
};

/// What `Store::info` (and `varve info`) tells.
struct StoreInfo {
    std::string engine;        ///< `memory` or `folder`
    std::string location;      ///< the folder; empty in memory
    std::string id;            ///< the store's own UUID
    std::uint32_t format = 0;  ///< number of the file format; 0 in memory
    std::uint64_t events = 0;  ///< = head
    std::uint64_t commits = 0;
    std::optional<Timestamp> first_time, last_time;  ///< commit times of the first and the last event
    std::uint64_t segments = 0;
    std::uint64_t compressed_segments = 0;  ///< of them
    std::uint64_t log_bytes = 0;            ///< of the segments, without the zeros ahead of the tail
    std::uint64_t indexed = 0;              ///< events below the index's watermark
    Durability durability = {};
    /// `POSITION:CHAIN`: stands for the whole history below the position, see VerifyOptions::expect; empty in memory.
    std::string digest = {};
};

/// Where a Cursor gets its events. Used by one thread at a time.
class VARVE_API EventSource {
public:
    EventSource() = default;
    EventSource(const EventSource&) = delete;
    EventSource& operator=(const EventSource&) = delete;
    virtual ~EventSource();

    /// The next event, valid until the next call; nullptr at the end; an error ends the source for good.
    virtual Result<const Event*> next() = 0;
};

/// Every method may be called from any thread at any time, also after close(): what answers a Result is then
/// `failed_precondition` (close itself is idempotent), head() stays, waits are over at once.
class VARVE_API Engine {
public:
    Engine() = default;
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    virtual ~Engine();

    /// Store has checked the commit against varve/limits.hpp and given every event an id.
    virtual Result<Receipt> append(Commit commit, const AppendOptions& options) = 0;
    virtual void append(Commit commit, const AppendOptions& options, Completion done) = 0;
    /// As Store::find_command; Store has checked the id.
    virtual Result<std::optional<Receipt>> find_command(std::string_view command_id) = 0;

    /// Store has checked the selection. The source sees what was committed when it was made, or more.
    virtual Result<std::unique_ptr<EventSource>> read(const Selection& selection) = 0;

    /// The position the next event will get = the number of events visible to readers.
    virtual Position head() const = 0;
    /// Waits until head() > position; false at the deadline, and when the store closes.
    virtual bool wait_beyond(Position position, Deadline deadline) = 0;
    /// Makes every current wait_beyond return early, so that a closing Subscription can look at its own state.
    virtual void wake_waiters() = 0;
    /// head() as it was at that moment: the first position committed after it.
    virtual Result<Position> position_at(Timestamp time) = 0;

    /// Up to `limit` live streams whose names begin with `prefix` and sort after `after`, in byte order of names.
    virtual Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                                    std::size_t limit) = 0;
    virtual Result<std::optional<StreamInfo>> stream(std::string_view name) = 0;
    /// As Store::retention; Store has checked the name.
    virtual Result<StreamRetention> retention(std::string_view stream) = 0;
    /// As Store::removals. Where it is not overridden: nothing.
    virtual std::optional<Removals> removals() const;
    virtual Result<StoreInfo> info() = 0;
    /// As Store::compact. Where nothing lies on a disk there is nothing to do.
    virtual Result<CompactReport> compact(const CompactOptions& options);
    /// True from the moment close() begins.
    virtual bool closed() const = 0;
    virtual Result<> close() = 0;
};

}  // namespace varve
