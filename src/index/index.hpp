/// The index seam: stream -> positions, term (category, type or tag) -> positions. Rebuildable from the log at any time, never trusted
/// beyond its watermark, never needed to decide durability. Two twins: RocksDB (on disk) and memory (simulation).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/hash.hpp"
#include "varve/engine.hpp"
#include "varve/event.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve::index {

/// How far the index reaches: it knows every event below `next`, which is the end of a block with this chain hash.
struct Watermark {
    Position next;
    std::uint64_t sequence = 0;  ///< of the first block not indexed
    Hash chain;
    std::string store_id;  ///< of the store it was built from
    friend bool operator==(const Watermark&, const Watermark&) = default;
};

/// One event on its way into the index. Views are used during the call only.
struct Entry {
    Position position;
    Revision revision;
    std::string_view stream;
    std::string_view type = {};  ///< empty: of a removed event, of which only its stream is left
    Tags tags = {};
    /// Events before it in its stream may be missing: a compaction has removed them, and this index never saw them.
    bool after_gap = false;
};

/// What an event can be found by, beside its stream.
enum class TermKind : std::uint8_t { category, type, tag };

/// A category, a type or a tag. Does not own its name.
struct Term {
    TermKind kind;
    std::string_view name;
    friend bool operator==(const Term&, const Term&) = default;
};

/// All reads see only what apply() made visible. Reads may run from any thread, apply from one at a time.
class Index {
public:
    Index() = default;
    Index(const Index&) = delete;
    Index& operator=(const Index&) = delete;
    virtual ~Index() = default;

    [[nodiscard]] virtual Result<Watermark> watermark() const = 0;
    /// Adds entries (ascending positions) and moves the watermark, atomically; survives a crash together or not at all.
    virtual Result<> apply(std::span<const Entry> entries, const Watermark& watermark) = 0;

    /// The stream's last event among the indexed ones; nothing when it has none.
    [[nodiscard]] virtual Result<std::optional<StreamInfo>> stream(std::string_view name) const = 0;
    /// Appends to `into` the positions of revisions [from, from + count) as far as they are indexed. In the place of an
    /// event that was missing when the index was built stands the next one that was not.
    virtual Result<> stream_positions(std::string_view name, Revision from, std::uint64_t count,
                                      std::vector<Position>& into) const = 0;
    /// Appends to `into` up to `count` indexed positions of the term's events that are >= from, ascending.
    virtual Result<> term_positions_from(const Term& term, Position from, std::uint64_t count,
                                         std::vector<Position>& into) const = 0;
    /// Appends to `into` up to `count` indexed positions of the term's events that are <= until, descending.
    virtual Result<> term_positions_until(const Term& term, Position until, std::uint64_t count,
                                          std::vector<Position>& into) const = 0;
    /// As Engine::streams, over the indexed events.
    virtual Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                                    std::size_t limit) const = 0;
    /// Makes all applied entries survive a power failure (a clean close; apply alone may be lost, never half).
    virtual Result<> flush() = 0;
};

struct IndexOptions {
    std::string folder;
    bool read_only = false;
};

/// Opens or creates the RocksDB index. A damaged or unreadable one is `data_loss`: the caller deletes and rebuilds.
/// Read-only and there is none: `not_found`. Already open elsewhere: `failed_precondition`.
[[nodiscard]] Result<std::unique_ptr<Index>> open_rocksdb_index(const IndexOptions& options);
/// Deletes an index folder.
Result<> destroy_rocksdb_index(const std::string& folder);
/// The twin in memory.
[[nodiscard]] std::unique_ptr<Index> memory_index();

}  // namespace varve::index
