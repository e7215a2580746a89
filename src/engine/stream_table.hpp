/// What the engine knows of streams without asking the index: the heads of recently used streams, and the
/// positions of events that are in the log but not yet in the index.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "index/index.hpp"
#include "varve/types.hpp"

namespace varve::engine {

/// The last event of a stream; `last` is empty for a stream without events.
struct StreamHead {
    std::optional<Revision> last;
    Position last_position;  ///< meaningful when `last` is set
};

/// The newest part of a stream: its last revisions, from `first` on, at `positions`. All before is indexed.
struct StreamTail {
    Revision first;
    std::vector<Position> positions;
    StreamHead head;
};

/// Bounded: heads that the index can answer are forgotten, oldest use first, when there are more than `capacity`.
/// Events that the index lacks are kept whatever their number; the writer bounds how far the index may lag.
/// Holds speculative events too (admitted, not yet written): readers cut at the committed head.
/// Safe from any thread.
class StreamTable {
public:
    explicit StreamTable(std::size_t capacity) : half_(capacity / 2) {}

    /// The head as far as it is known here; nothing: ask the index, then learn() what it says.
    [[nodiscard]] std::optional<StreamHead> head(std::string_view stream);

    /// Grows whenever heads are forgotten: an answer of the index is fit to be learned only when this number is
    /// still what it was before the index was asked.
    [[nodiscard]] std::uint64_t generation() const;
    /// Takes the index's word for a stream that is not known here; a known one stays as it is.
    void learn(std::string_view stream, const StreamHead& head);

    /// Adds the stream's next events, `count` of them at consecutive positions. Its head must be known.
    void add(std::string_view stream, Revision first, Position position, std::uint32_t count);

    /// The index now holds all events below `watermark`, of which `entries` are the newest.
    void indexed(std::span<const index::Entry> entries, Position watermark);

    /// The same, without knowing which streams are concerned: looks at every one.
    void indexed(Position watermark);

    /// Forgets every event at or after `end`: it was admitted but never written.
    void truncate(Position end);

    /// The stream's newest part; nothing when the index knows everything there is to know of it.
    [[nodiscard]] std::optional<StreamTail> tail(std::string_view stream) const;

    /// Streams with events that the index lacks, below `end`, whose names begin with `prefix` and sort after `after`.
    [[nodiscard]] std::vector<StreamInfo> unindexed(std::string_view prefix, std::string_view after,
                                                    Position end) const;

private:
    struct Entry {
        StreamHead head;
        std::vector<Position> unindexed;  ///< of the stream's last events
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
    };
    using Map = std::unordered_map<std::string, Entry, Hash, std::equal_to<>>;

    [[nodiscard]] Entry* find(std::string_view stream);
    [[nodiscard]] const Entry* find(std::string_view stream) const;
    void rotate();
    static void drop_indexed(std::vector<Position>& unindexed, Position watermark);

    const std::size_t half_;
    mutable std::mutex mutex_;
    // Two ages: what is used moves to the young; when the young are many, the old are dropped and the young age.
    Map young_;
    Map old_;
    std::uint64_t generation_ = 0;
};

}  // namespace varve::engine
