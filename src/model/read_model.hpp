/// Where a projection's rows and position live: written by one worker in batches, read by many queries.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/outbox.hpp"
#include "varve/engine.hpp"
#include "varve/projection_status.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

/// What a file remembers of its projection, for whoever looks at it later.
struct ProjectionNote {
    ProjectionStatus::State state;
    Position head;
    double events_per_second;
    std::optional<Error> last_error;
};

/// What somebody outside of the program wants done with a key in quarantine.
struct KeyWish {
    std::string key;
    bool discard = false;  ///< or else: retry
};

/// begin, apply to target(), then commit or abandon: the worker's thread only. read() is for any thread.
class ReadModel {
public:
    using Reader = std::function<void(const void* projection)>;

    ReadModel() = default;
    ReadModel(const ReadModel&) = delete;
    ReadModel& operator=(const ReadModel&) = delete;
    virtual ~ReadModel() = default;

    /// The position to go on from.
    [[nodiscard]] virtual Position checkpoint() const = 0;
    /// `memory`, or the path of a file.
    [[nodiscard]] virtual std::string place() const = 0;

    /// How long a batch may grow while there is more to catch up with.
    [[nodiscard]] virtual std::chrono::milliseconds batch_time() const = 0;

    /// Begins a batch; what is applied now is not seen by queries before commit.
    virtual Result<> begin() = 0;
    /// The projection that handlers are called on, inside of a batch.
    [[nodiscard]] virtual void* target() = 0;
    /// Rows and checkpoint become visible (and as durable as the place is) together. On an error nothing has.
    virtual Result<> commit(Position checkpoint) = 0;
    /// Ends a batch that failed. A place in memory keeps the half batch: nobody is shown it any more.
    virtual void abandon() = 0;

    /// Before each event: what is applied from here on may be undone.
    virtual void mark() {}
    /// True: the rows of this batch are as they were at the mark, and the batch goes on.
    [[nodiscard]] virtual bool undo() { return false; }
    /// Can the events from the checkpoint on be applied again, after abandon?
    [[nodiscard]] virtual bool repeats() const = 0;

    /// The keys in quarantine, as the place remembers them.
    virtual Result<std::vector<QuarantinedKey>> quarantined() { return std::vector<QuarantinedKey>(); }
    /// Inside of a batch, with which it is committed: the key is set aside, or what is known of it has changed.
    virtual Result<> keep(const QuarantinedKey&) { return {}; }
    /// Inside of a batch: it is not set aside any more.
    virtual Result<> release(const std::string&) { return {}; }
    virtual Result<> keep(const ProjectionNote&) { return {}; }
    /// Between batches; each is answered once.
    virtual Result<std::vector<KeyWish>> wishes() { return std::vector<KeyWish>(); }

    /// Is it worth to commit a checkpoint when no row has changed?
    [[nodiscard]] virtual bool checkpoint_is_behind(Position position) const = 0;

    /// This thread is within a handler or an answer of it that whoever changes or reads it waits for.
    [[nodiscard]] virtual bool busy_here() const { return false; }
    /// Calls the reader with the projection as of one position, and answers this position. `seen` is a position up
    /// to which everything is known to be committed.
    virtual Result<Position> read(Position seen, const Reader& reader) = 0;

    /// For a place that is a file, between batches: lets go of it, so that it can be renamed. Answers that are under way are
    /// waited for, new ones wait until arrive. Errors: `deadline_exceeded` (one was under way all the time), `unavailable`
    /// (another process has the file open); then all is as before.
    virtual Result<> leave(Deadline) { return {}; }
    /// Goes on with the file of this name. After an error, batches and answers have errors.
    virtual Result<> arrive(const std::string&) { return {}; }

    /// For one that was stopped and that another one has replaced: lets go of its file, which is to be deleted. Answers that
    /// are under way are waited for; new ones are `aborted`. `deadline_exceeded`: one was under way all the time.
    virtual Result<> retire(Deadline) { return {}; }

    /// Where its effects are recorded; nullptr: it has none.
    [[nodiscard]] virtual Outbox* outbox() { return nullptr; }
};

}  // namespace varve
