/// One thread that waits for sockets, timers and other threads' work, and never for anything else.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "varve/result.hpp"

namespace varve::net {

using Clock = std::chrono::steady_clock;
using Task = std::function<void()>;

/// Where `run` is called is the loop's thread. Everything that lives on a loop (connections, calls, timers) is touched in
/// that thread only; `post` and `stop` are for any thread.
class Loop {
public:
    /// Errors: `unavailable` (no descriptor is left).
    [[nodiscard]] static Result<std::unique_ptr<Loop>> make();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    virtual ~Loop() = default;

    /// Works until stop. Then what has been posted is dropped, and its destructors run in this thread.
    virtual void run() = 0;
    /// Idempotent; also before run, which then returns at once.
    virtual void stop() = 0;
    /// Runs the task in the loop's thread, after those posted before it. Dropped when the loop has stopped.
    virtual void post(Task task) = 0;
    /// Is this the loop's thread? (None is, before run and after it.)
    [[nodiscard]] virtual bool mine() const = 0;

    using TimerId = std::uint64_t;
    /// Calls it once, not before that time. In the loop's thread.
    virtual TimerId at(Clock::time_point time, Task task) = 0;
    /// When it has been called already, nothing happens. In the loop's thread.
    virtual void cancel(TimerId timer) = 0;

    /// Runs it at the end of this turn: after all that was ready, posted or due in it. In the loop's thread.
    virtual void defer(Task task) = 0;

    /// Calls `ready` in the loop's thread when the descriptor can be read (or written, where `writing`), until unwatch; level
    /// triggered. In the loop's thread.
    virtual Result<> watch(int descriptor, bool writing, std::function<void(bool readable, bool writable)> ready) = 0;
    virtual void want_writing(int descriptor, bool writing) = 0;
    /// Without it nothing is heard of the descriptor but that it broke (as `readable`), until it is wanted again.
    virtual void want_reading(int descriptor, bool reading) = 0;
    virtual void unwatch(int descriptor) = 0;

protected:
    Loop() = default;
};

}  // namespace varve::net
