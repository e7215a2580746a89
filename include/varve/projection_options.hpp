/// How a projection is run: where its rows are kept, who brings them up to date, and over how many threads.
///
///     bank.project<Balances>({.file = varve::sqlite("balances.db"), .life = varve::Life::inlined});
///     social.project<Timelines>({.partitions = 4});
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace varve {

/// A file for one projection: rows and checkpoint, always committed together. A crash loses and doubles nothing.
/// The projection may hold only Tables and Effects. Others may read the file with plain SQL at any time (it is in WAL mode);
/// docs/projections.md shows its layout. When the rows' shape changes, delete the file: it is rebuilt from the log.
struct Sqlite {
    std::string path;
};
[[nodiscard]] inline Sqlite sqlite(std::string path) {
    return {std::move(path)};
}

/// Who applies events to a projection's rows, and when. The class is the same, and so are its answers.
enum class Life : std::uint8_t {
    /// The thread that sends a command, before `send` answers: then the rows reflect its events. What others have written is
    /// caught up with when something is sent or asked. `send` waits no longer for it than until the command's deadline, or
    /// 5 s without one, and a projection that fails is no error of the command: the receipt is answered.
    inlined,
    /// A thread of its own, as soon as events are there.
    async,
    /// The thread that asks, when it asks, within the time limit of the question: no thread, and no work while nobody asks.
    live
};

/// See `App::project`.
struct ProjectionOptions {
    std::optional<Sqlite> file = {};  ///< absent: in memory
    Life life = Life::async;
    /// So many instances of the projection, each with its own rows (`balances.db.0`, `balances.db.1`, ...) and, when async,
    /// its own thread; each hears the events whose key is its own (varve/partition.hpp). 1 to 64.
    unsigned partitions = 1;

    /// How often an event is tried whose handler throws, that does not decode, or whose row the file refuses, before its
    /// key is set aside (varve/projection_status.hpp); at least once. Meanwhile the projection waits.
    unsigned attempts = 3;
    /// Before the second attempt; then it doubles with each, up to 5 s.
    std::chrono::milliseconds first_delay{50};
};

}  // namespace varve
