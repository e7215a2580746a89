/// Snapshots: states kept beside the log, so that long streams need not be folded from their first event each time.
///
///     varve::App bank{varve::open("./bank").value(), {.snapshots = varve::snapshots("./bank.snapshots")}};
///
/// A snapshot changes no answer, only how long it takes, and the file may be deleted at any time, also while the program
/// runs. docs/snapshots.md says when one is written, and when it is believed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "varve/export.hpp"
#include "varve/result.hpp"

namespace varve {

/// Where snapshots lie, and how many. The defaults are right for nearly everyone.
struct Snapshots {
    std::string path;  ///< of a file of their own, for this one store
    /// A state is kept when folding what had to be folded took longer than this, and twice as long as snapshots take to
    /// read, as measured. 0: always.
    std::chrono::microseconds worth = std::chrono::milliseconds(1);
    std::size_t per_entity = 4;            ///< the newest so many are kept of each, at least one
    std::uint64_t bytes_max = 1ULL << 30;  ///< of the file; when it is full nothing more is kept, until it is deleted
    std::size_t queued = 64;               ///< states that wait to be written; beyond, none is kept
};
[[nodiscard]] inline Snapshots snapshots(std::string path) {
    return {.path = std::move(path)};
}

/// How snapshots are doing, see `App::snapshots`.
struct SnapshotStatus {
    std::string path;
    std::uint64_t used = 0;    ///< loads that began at one
    std::uint64_t missed = 0;  ///< loads for which there was none
    std::uint64_t written = 0;
    std::uint64_t waiting = 0;  ///< to be written, at this moment
    std::uint64_t dropped = 0;  ///< not written: too many were waiting
    std::uint64_t refused = 0;  ///< found and not believed: damaged, or of another history
    /// Why there are none, or what went wrong last: the file is locked, full, damaged, another store's. Loads fold
    /// the log instead, so nothing else fails.
    std::optional<Error> error = {};
    /// `Account: ...`: states that are never kept, and why.
    std::vector<std::string> without = {};
};

}  // namespace varve
