/// Where a projection's rows and position live: written by one worker in batches, read by many queries.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

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
    /// Ends a batch whose handler failed. A place in memory keeps the half batch: nobody is shown it any more.
    virtual void abandon() = 0;
    /// Is it worth to commit a checkpoint when no row has changed?
    [[nodiscard]] virtual bool checkpoint_is_behind(Position position) const = 0;

    /// Calls the reader with the projection as of one position, and answers this position. `seen` is a position up
    /// to which everything is known to be committed.
    virtual Result<Position> read(Position seen, const Reader& reader) = 0;
};

}  // namespace varve
