/// How a projection is run: where its rows are kept, and who brings them up to date.
///
///     bank.project<Balances>({.file = varve::sqlite("balances.db")});
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace varve {

/// A file for one projection: rows and checkpoint, always committed together. A crash loses and doubles nothing.
/// The projection may hold only Tables. Others may read the file with plain SQL at any time (it is in WAL mode);
/// docs/projections.md shows its layout. When the rows' shape changes, delete the file: it is rebuilt from the log.
struct Sqlite {
    std::string path;
};
[[nodiscard]] inline Sqlite sqlite(std::string path) {
    return {std::move(path)};
}

/// Who applies events to a projection's rows, and when.
enum class Life : std::uint8_t {
    inlined,  ///< the thread that sends a command, before `send` answers
    async,    ///< a thread of its own, as soon as they are there
    live      ///< the thread that asks, when it asks
};

/// See `App::project`. Only `Life::async` in one partition can be asked for so far; the rest is `unimplemented`.
struct ProjectionOptions {
    std::optional<Sqlite> file = {};  ///< absent: in memory
    Life life = Life::async;
    unsigned partitions = 1;

    /// How often an event is tried whose handler throws, that does not decode, or whose row the file refuses, before its
    /// key is set aside (varve/projection_status.hpp); at least once. Meanwhile the projection waits.
    unsigned attempts = 3;
    /// Before the second attempt; then it doubles with each, up to 5 s.
    std::chrono::milliseconds first_delay{50};
};

}  // namespace varve
