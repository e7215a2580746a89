/// The store: append commits, read selections, subscribe to what comes. The same contract whatever stands
/// behind it (memory, a folder); tests/conformance says it again in code.
///
///     auto store = varve::open("./bank").value();
///     store.append(varve::Commit{}.append("account-a1", varve::Expected::none(), {{.type = "Opened", .data = "{}"}})).value();
///     auto cursor = store.read({.source = varve::Stream{"account-a1"}}).value();
///     while (const varve::Event* event = cursor.next()) std::cout << event->type << '\n';
///     cursor.status().value();
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "varve/clock.hpp"
#include "varve/commit.hpp"
#include "varve/engine.hpp"
#include "varve/event.hpp"
#include "varve/export.hpp"
#include "varve/limits.hpp"
#include "varve/result.hpp"
#include "varve/retention.hpp"
#include "varve/selection.hpp"
#include "varve/types.hpp"

namespace varve {

/// A walk over a selection as it was when `read` was called, or later; it holds no lock and stays valid while
/// others write, and after the store was closed: it keeps open what it needs of the files, but not the store, nor its
/// lock. Movable; used by one thread at a time.
class VARVE_API Cursor {
public:
    explicit Cursor(std::unique_ptr<EventSource> source);
    Cursor(Cursor&&) noexcept;
    Cursor& operator=(Cursor&&) noexcept;
    ~Cursor();

    /// The next event, valid until the next call; nullptr at the end *and on an error*: then ask status().
    [[nodiscard]] const Event* next();
    /// ok, or the error that ended the walk, e.g. `data_loss` (damaged bytes). A disk that does not answer at all
    /// (EIO), or a segment that somebody cuts off meanwhile, ends the process with SIGBUS: the log is read through a
    /// mapping.
    [[nodiscard]] Result<> status() const;

    /// Calls f(const Event&) for all that remains; answers status(). f may answer bool: false stops the walk.
    template <class F>
    Result<> each(F&& f) {
        while (const Event* event = next()) {
            if constexpr (std::is_same_v<std::invoke_result_t<F&, const Event&>, bool>) {
                if (!f(*event)) break;
            } else {
                f(*event);
            }
        }
        return status();
    }

private:
    std::unique_ptr<EventSource> source_;
    std::optional<Error> error_;
};

/// A selection that catches up and then stays live: every event of it after the start, once, in order, without
/// a gap or a repeat between the two. It pulls from the log, so a slow consumer just falls behind: it is never
/// dropped and costs no memory. next() is for one thread; close() may be called from any. Movable; a moved-from
/// Subscription answers as a closed one.
class VARVE_API Subscription {
public:
    Subscription(std::shared_ptr<Engine> engine, Selection selection);
    Subscription(Subscription&&) noexcept;
    Subscription& operator=(Subscription&&) noexcept;
    ~Subscription();

    /// Waits for the next event until the deadline. The event is valid until the next call.
    /// nullptr: the deadline passed, and everything committed before that has been delivered.
    /// `cancelled`: this subscription or its store was closed. Any other error ends the subscription; a new one
    /// may start after the last event seen.
    Result<const Event*> next(Deadline deadline = Deadline::max());

    /// Every event of the selection below this position has been delivered: the checkpoint to resume from
    /// (`subscribe` with `.from = position()`), also when none of the latest events was in the selection.
    [[nodiscard]] Position position() const;

    /// Ends the subscription: a next() that waits answers `cancelled`. Idempotent; any thread.
    void close();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A handle to an open store; copies share it. Every method may be called from any thread; after fork() only in the
/// parent (the child's calls are `failed_precondition`).
/// The store closes when close() is called or the last handle (and App, Subscription) is gone.
class VARVE_API Store {
public:
    explicit Store(std::shared_ptr<Engine> engine);
    Store(const Store&) = default;  // and no moving: a handle that was moved from would be none
    Store& operator=(const Store&) = default;

    /// Appends all or nothing and waits for the receipt: when it comes, the events are as durable as it says.
    /// A repeat of a commit is answered by the original receipt, and writes nothing (see Commit).
    /// Errors: `invalid_argument` (the message names the event and the limit), `aborted` (Error::conflict says
    /// which condition; load again and decide again), `already_exists` (Error::overlap says which of its events are
    /// there), `resource_exhausted` (disk or queue full; nothing was written), `unavailable` (a write or sync failed:
    /// outcome unknown, the writer refuses until reopened),
    /// `failed_precondition` (closed, opened read-only, or a stream has a tombstone: then Error::reason is
    /// `stream.tombstoned`), `data_loss` (the index is damaged: close and open again, it is built anew).
    Result<Receipt> append(Commit commit, const AppendOptions& options = {});

    /// The pipelined form: answers at once (or waits for room, see AppendOptions) and calls `done` later, once.
    /// Commits of one thread take effect in the order of its calls.
    void append(Commit commit, Completion done, const AppendOptions& options = {});

    /// The receipt of the commit that carried this command id (see Commit), once it is as durable as it says; nothing
    /// when none is known. Errors: `invalid_argument` (no id, or too long), `failed_precondition` (opened
    /// read-only, or closed), `unavailable`.
    [[nodiscard]] Result<std::optional<Receipt>> find_command(std::string_view command_id) const;

    /// Sets what a stream keeps, from this place in the order on (varve/retention.hpp). `max_count` and `max_age` become
    /// what is given, absent: no such bound any more. An absent `truncate_before` leaves removed what a truncation has
    /// removed; Revision{0} takes it back, as far as no compaction came by. The stream need not exist yet.
    /// The receipt is that of the event in the stream's settings. Errors: `invalid_argument` (a number out of range, or no
    /// stream that has settings), `failed_precondition` (tombstone, closed, opened read-only), and those of append.
    Result<Receipt> keep(std::string_view stream, const Retention& keeps);

    /// Removes every event that the stream has at this place in the order: it reads as absent, and the next append goes
    /// on behind its last revision. Its other settings stay. Errors as of keep, and `not_found` (it never had an event),
    /// `aborted` (it is not as expected).
    Result<Receipt> remove(std::string_view stream, Expected expected = Expected::any());

    /// Ends a stream for ever: all its events are removed, and nothing can be appended to it or its settings any more. It
    /// need not exist: a name can be barred in advance. Errors as of keep, and `aborted` (it is not as expected).
    Result<Receipt> tombstone(std::string_view stream, Expected expected = Expected::any());

    /// How a stream stands, and what it keeps. Of one that nobody has heard of: absent, and everything.
    [[nodiscard]] Result<StreamRetention> retention(std::string_view stream) const;

    /// Events of a selection, as a walk. A stream that does not exist reads as empty, as one does that is deleted or has
    /// a tombstone; one with settings begins at the first event that they keep.
    [[nodiscard]] Result<Cursor> read(const Selection& selection) const;

    /// Everything of the selection from `selection.from` on (default: the beginning), then live. Only forward;
    /// `until`, `until_revision`, `as_of` and `limit` are `invalid_argument`. To follow only what is new:
    /// `.from = store.head()`.
    [[nodiscard]] Result<Subscription> subscribe(Selection selection) const;

    /// The position the next event will get = the number of events committed. 0: empty.
    [[nodiscard]] Position head() const;
    /// Waits until `position` is committed (head() > position); false at the deadline or when the store closes.
    [[nodiscard]] bool wait_for(Position position, Deadline deadline) const;
    /// The head as it was at that moment: the number of events committed at or before it.
    [[nodiscard]] Result<Position> position_at(Timestamp time) const;

    /// Up to `limit` streams whose names begin with `prefix` and sort after `after`; page with the last name. Deleted and
    /// tombstoned ones are left out; settings streams are streams (those have the prefix `$$`).
    [[nodiscard]] Result<std::vector<StreamInfo>> streams(std::string_view prefix = {}, std::string_view after = {},
                                                          std::size_t limit = 1000) const;
    /// One stream's head; nothing when it has no event, is deleted or has a tombstone.
    [[nodiscard]] Result<std::optional<StreamInfo>> stream(std::string_view name) const;
    /// Whether events may have gone from what was read of this store: for whoever keeps it. Costs next to nothing.
    /// Nothing: this engine cannot tell, as where another process writes.
    [[nodiscard]] std::optional<Removals> removals() const;
    [[nodiscard]] Result<StoreInfo> info() const;

    /// Frees the room of removed events (see keep, remove and tombstone): rewrites, in a folder, every segment that holds
    /// some, the one that is being written too, while appends and reads go on. It reads the whole store once, and needs the
    /// room of one more segment meanwhile. Beside that it compresses the sealed segments, or no longer does, as the options
    /// say, which by itself changes no event, no answer and no digest. What it has removed no setting brings back; who
    /// reads then may go on seeing it. Stopped, by Watch::stop, close() or a crash, it leaves a whole store, and the next
    /// call goes on. One runs at a time, the next waits. Nothing that is not removed is ever lost. Any thread.
    /// Errors: `cancelled`, `data_loss` (a segment is damaged and stays as it is, all others are done: `varve verify`),
    /// `resource_exhausted` (no room for the new segment; nothing is lost), `unavailable` (the disk failed: as after a
    /// failed append), `failed_precondition` (closed, or opened read-only and no dry run).
    Result<CompactReport> compact(const CompactOptions& options = {});

    /// Waits for running appends, syncs, frees the lock file. Idempotent; who closes second waits for the first. Later
    /// calls are `failed_precondition` (head and wait_for go on telling what is known), waiting subscriptions
    /// `cancelled`, cursors walk on. An error says what could not be written at last: nothing of which a receipt said
    /// that it is durable. Not from a completion, which must not wait.
    Result<> close();

private:
    std::shared_ptr<Engine> engine_;
};

/// How a store is opened. The defaults are right for nearly everyone.
struct OpenOptions {
    /// What a receipt promises. `buffered` is for imports and tests: faster, and says so in every receipt.
    Durability durability = Durability::durable;
    bool create = true;  ///< make the folder when it is not there; false: `not_found`
    /// Look without the lock, beside a running writer, and follow what it commits, a little later. Writes no
    /// file: works on a full disk and on read-only media. The other options then mean nothing.
    bool read_only = false;
    std::uint64_t segment_bytes = 64 << 20;  ///< size at which a segment is sealed: 1 MiB .. 1 GiB
    /// Compress segments in the background when they are sealed (Compression::zstd in varve/compact.hpp), those of before
    /// too; what is removed stays, until a compaction. What could not be compressed, for want of room or because it is
    /// damaged, stays as it is, and is tried again when the next one is sealed.
    bool compress = false;
    /// Stamps the commits (Event::created, Receipt::time), and tells the age of events for `max_age`. nullptr: the system's.
    std::shared_ptr<Clock> clock = {};
};

/// Opens a store: `memory:` (gone with the last handle) or the path of a folder.
/// Errors: `failed_precondition` (another store or process holds the folder, named by pid where its lock file is still
/// there; the folder is no store, or of a newer format), `data_loss` (damage before the last durable commit: run
/// `varve verify`), `not_found`, `permission_denied`, `invalid_argument`, `resource_exhausted` (the disk is full, or
/// there is no thread to be had), `unavailable` (too many open files, or the disk does not answer). None of them
/// costs an event.
[[nodiscard]] VARVE_API Result<Store> open(const std::string& where, const OpenOptions& options = {});

}  // namespace varve
