/// How an App works, and how its wiring went.
///
///     auto clock = std::make_shared<varve::testing::VirtualClock>();
///     varve::App shop{varve::open("memory:", {.clock = clock}).value(), {.clock = clock}};
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "varve/clock.hpp"
#include "varve/result.hpp"
#include "varve/snapshots.hpp"

namespace varve {

/// Whether a step of the wiring worked. May be dropped: the same error is answered by whatever needed the step
/// (`send` of that command, `ask` of those queries) and shown by `App::projections`.
class Wiring : public Result<> {
public:
    Wiring(Result<> result) : Result<>(std::move(result)) {}  // NOLINT(google-explicit-constructor)
};

/// How an App works. The defaults are right for nearly everyone.
struct AppOptions {
    /// The time for timers and scheduled commands; nullptr: the system's. Timers count from the time of events, which
    /// the store stamps: give both the same clock (OpenOptions::clock).
    std::shared_ptr<Clock> clock = {};
    /// Processes and scheduled commands have threads of their own; false: they only work inside of `settle`, in the
    /// thread that calls it, one after the other, so that a test is the same each time; and `send_async` decides in the
    /// thread that calls it, before it comes back.
    bool background = true;
    /// Where states of long streams are kept, so that loading one need not fold all of it: varve/snapshots.hpp. Absent:
    /// nowhere. No answer depends on it.
    std::optional<Snapshots> snapshots = {};
    /// So many commands of `send_async` are decided at once: 1 to limits::command_threads, else the nearest. They wait for
    /// the disk most of the time, all for one sync. A thread is begun when it is needed.
    unsigned command_threads = 16;
    /// So many entities are kept in memory as their last command left them, so that the next one need not fold them from
    /// the log (docs/commands.md, "Hot entities"); those longest without a command go first. It is a number and not a
    /// size: 10,000 states of 1 KB are about 12 MB, of 100 KB a gigabyte. 0: every command folds anew. No answer
    /// depends on it.
    std::size_t cached_entities = 10'000;
};

}  // namespace varve
