/// Looking closely at a store's folder: the bytes of one event, what the store holds, what it stands on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "varve/export.hpp"
#include "varve/operations.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

/// A few bytes of a file, and what they mean.
struct ExplainedBytes {
    std::string part;          ///< `segment`, `frame`, `commit`, `record` or `trailer`, as the format's page calls them
    std::uint64_t offset = 0;  ///< in the file
    std::uint64_t bytes = 0;   ///< how many
    std::string hex;           ///< the first 16 of them, e.g. `0a 00`
    std::string field;         ///< its name on the format's page
    std::string meaning;       ///< the value, in words
    bool wrong = false;        ///< a check over or of these bytes fails
};

struct VARVE_API Explanation {
    std::string file;  ///< relative to the folder
    Position position;
    std::vector<ExplainedBytes> fields;  ///< in the order of the file, as far as they could be told apart
    std::vector<std::string> wrong;      ///< each check that fails, in words; empty: every one holds
};

/// The bytes of the event at a position, of its commit, its frame and its segment's header, each with its meaning, and
/// every check that guards them computed again. Works on damaged files as far as anything can be made out. Changes
/// nothing; may run beside a writer.
/// Errors: `out_of_range` (no such position yet), `not_found`, `failed_precondition` (no store), `permission_denied`.
[[nodiscard]] VARVE_API Result<Explanation> explain(const std::string& folder, Position position);

/// How often a name occurs, and how much is behind it.
struct NameCount {
    std::string name;
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;  ///< of data and metadata
};

struct StoreStats {
    std::uint64_t events = 0;   ///< that were committed
    std::uint64_t removed = 0;  ///< of them, by compactions: what follows is of the others
    std::uint64_t commits = 0;
    std::uint64_t streams = 0;
    std::uint64_t data_bytes = 0;
    std::uint64_t metadata_bytes = 0;
    std::optional<Timestamp> first_time, last_time;

    /// The most frequent first, at most StatsOptions::names; the rest are summed up in `other_...`.
    std::vector<NameCount> categories, types, tags;
    NameCount other_categories, other_types, other_tags;

    /// Data and metadata of one event: the smallest size that so many in a hundred do not exceed (to a power of two).
    std::uint64_t size_50 = 0, size_99 = 0, size_max = 0;

    /// Events in equal spans of time between the first and the last commit.
    struct Span {
        Timestamp from{};
        std::uint64_t events = 0;
        std::uint64_t bytes = 0;
    };
    std::vector<Span> spans;

    struct Segment {
        std::string file;
        Position first, next;
        std::uint64_t bytes = 0;
        bool sealed = false;
        bool compressed = false;
    };
    std::vector<Segment> segments;

    // What lies in the folder, in bytes.
    std::uint64_t log_bytes = 0;    ///< frames, headers and footers of the segments
    std::uint64_t index_bytes = 0;  ///< the index
    std::uint64_t ahead_bytes = 0;  ///< zeros ahead of the tail and the spare segment: used by what comes next
    std::uint64_t dead_bytes = 0;   ///< serves nothing any more: quarantine and strays
};

struct StatsOptions {
    std::uint64_t names = 20;  ///< how many categories, types and tags are told apart in the answer
    std::uint64_t spans = 24;  ///< into how many spans time is divided
    Watch watch = {};          ///< progress in events
};

/// Reads every event once and counts. Memory does not grow with the store beyond some thousands of names (and some
/// bytes a stream where a compaction has removed events). Changes nothing; may run beside a writer. Errors: `data_loss`,
/// `not_found`, `failed_precondition`, `cancelled` ...
[[nodiscard]] VARVE_API Result<StoreStats> stats(const std::string& folder, const StatsOptions& options = {});

/// One thing that was looked at, and what to think of it.
struct Diagnosis {
    enum class Verdict : std::uint8_t {
        ok,
        warning,  ///< works, but look at it
        problem   ///< will fail, or loses what it promised to keep
    };
    std::string name;  ///< `sync`, `space`, `clock` ...: stable, for scripts
    Verdict verdict = Verdict::ok;
    std::string what;    ///< what was found
    std::string advice;  ///< what to do; empty when nothing is
};

/// Does this machine keep what the store in `folder` (or one that is to be made there) promises? Measures how long a
/// sync takes in the folder, with a small file that is removed again; looks at the file system, space, limits,
/// memory, clock, who holds the store, and how it was closed. May run beside a writer.
/// Errors: `invalid_argument`, `not_found` (neither the folder nor the one that it would lie in is there).
[[nodiscard]] VARVE_API Result<std::vector<Diagnosis>> doctor(const std::string& folder);

}  // namespace varve
