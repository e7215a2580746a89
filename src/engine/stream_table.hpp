/// What the engine knows of streams without asking the index: heads and newest events of recently used streams,
/// among them every event that is in the log but not yet in the index.
#pragma once

#include <tsl/robin_map.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "store/rules.hpp"
#include "varve/engine.hpp"
#include "varve/types.hpp"

namespace varve::engine {

/// The settings of a stream, and what they have removed.
struct Ruling {
    Position at = {};  ///< of the last event of its settings stream
    store::Rules rules = {};
    Revision first = {};  ///< a truncation or a tombstone has removed what lies below
};

[[nodiscard]] inline store::Standing standing_of(std::optional<Revision> last, const Ruling* ruling) {
    if (ruling == nullptr) return {.last = last};
    return {.last = last, .first = ruling->first, .ended = ruling->rules.ended};
}

/// The last event of a stream; `last` is empty for a stream without events.
struct StreamHead {
    std::optional<Revision> last;
    Position last_position;                     ///< meaningful when `last` is set
    bool ruled = false;                         ///< whether `ruling` is known
    std::shared_ptr<const Ruling> ruling = {};  ///< null: no settings

    [[nodiscard]] bool ended() const { return ruling != nullptr && ruling->rules.ended; }
    [[nodiscard]] store::Standing standing() const { return standing_of(last, ruling.get()); }
};

/// Bounded: streams that the index can answer for are forgotten, the longest unused first, when there are more than
/// `capacity`; of a stream, only the newest few positions are kept beyond those that the index lacks. Events that
/// the index lacks are kept whatever their number; the writer bounds how far the index may lag.
/// Holds speculative events too (admitted, not yet written): readers cut at the committed head.
/// Safe from any thread.
class StreamTable {
public:
    explicit StreamTable(std::size_t capacity) : capacity_(capacity) {}

    /// The head as far as it is known here; nothing: ask the index, then learn() what it says.
    [[nodiscard]] std::optional<StreamHead> head(std::string_view stream);

    /// Grows whenever streams are forgotten: an answer of the index is fit to be learned only when this number is
    /// still what it was before the index was asked.
    [[nodiscard]] std::uint64_t generation() const;
    /// Takes the index's word for a stream that is not known here; a known one stays as it is.
    void learn(std::string_view stream, const StreamHead& head);
    /// Takes the index's word for positions of revisions from `from` on, as far as they lead up to what is known here.
    void learn(std::string_view stream, Revision from, std::span<const Position> positions);

    /// True once any stream has settings. While it is false, nobody asks for rulings.
    [[nodiscard]] bool any_rules() const { return any_rules_.load(std::memory_order_relaxed); }
    void found_rules() { any_rules_.store(true, std::memory_order_relaxed); }
    /// The stream's settings as they were found while generation() was this; a known ruling stays as it is.
    void learn(std::string_view stream, std::shared_ptr<const Ruling> ruling, std::uint64_t generation);
    /// The stream has newer settings in the log: its ruling is not known any more.
    void unlearn_ruling(std::string_view stream);

    /// Adds the stream's next events, `count` of them at consecutive positions. All before is known here, or indexed.
    void add(std::string_view stream, Revision first, Position position, std::uint32_t count);

    /// The index now holds all events below `watermark`.
    void indexed(Position watermark);

    /// Forgets every event at or after `end`: it was admitted but never written.
    void truncate(Position end);

    /// Adds to `into` the positions of revisions [from, from + count) that are known here. Answers the first revision
    /// that is; all before it are indexed. Nothing: the index knows all there is to know of the stream.
    [[nodiscard]] std::optional<Revision> newest(std::string_view stream, Revision from, std::uint64_t count,
                                                 std::vector<Position>& into);

    /// Where a position lies among the stream's newest events.
    struct Place {
        Revision first;                 ///< the first revision that is known here
        std::optional<Revision> found;  ///< the first one at or after the position; nothing: at `first` or before
    };
    /// Nothing when no event of the stream is known here.
    [[nodiscard]] std::optional<Place> place_of(std::string_view stream, Position position);

    /// Streams with events that the index lacks, below `end`, whose names begin with `prefix` and sort after `after`.
    [[nodiscard]] std::vector<StreamInfo> unindexed(std::string_view prefix, std::string_view after,
                                                    Position end) const;

    struct Entry {
        std::string name;  ///< empty: free
        StreamHead head;
        std::vector<Position> newest;  ///< of the last events, up to the head; all that the index lacks are among them
        bool used = false;             ///< again, since it was last thought of forgetting
        [[nodiscard]] Revision first() const { return *head.last - (newest.size() - 1); }
    };

    /// The table for the time of an admission, in which each stream is looked up once. Others wait meanwhile.
    class Visit {
    public:
        explicit Visit(StreamTable& table) : lock_(table.mutex_), table_(table) {}
        /// Valid as long as the visit. nullptr: ask the catalog, which learns what the index says.
        [[nodiscard]] Entry* find(std::string_view stream) {
            Entry* const entry = table_.find(stream);
            return entry != nullptr && (entry->head.ruled || !table_.any_rules()) ? entry : nullptr;
        }
        void add(Entry& entry, Revision first, Position position, std::uint32_t count) {
            table_.add(entry, first, position, count);
        }
        void rule(Entry& entry, std::shared_ptr<const Ruling> ruling) {
            table_.found_rules();
            entry.head.ruled = true;
            entry.head.ruling = std::move(ruling);
        }

    private:
        const std::lock_guard<std::mutex> lock_;
        StreamTable& table_;
    };

private:
    struct Hash {
        std::size_t operator()(std::string_view name) const;
    };
    /// Hashes are kept beside the keys, so that most of what is not it is passed over without a look at its name.
    using Names = tsl::robin_map<std::string_view, Entry*, Hash, std::equal_to<>,
                                 std::allocator<std::pair<std::string_view, Entry*>>, true>;

    [[nodiscard]] Entry* find(std::string_view stream);
    Entry& insert(std::string_view stream);
    void add(Entry& entry, Revision first, Position position, std::uint32_t count);
    void make_room();
    void forget(Entry& entry);
    void trim(Entry& entry, std::size_t keep);

    const std::size_t capacity_;
    mutable std::mutex mutex_;
    // Guarded by mutex_:
    Names names_;                ///< views into the entries
    std::deque<Entry> entries_;  ///< they stay where they are
    std::vector<Entry*> free_;
    std::size_t hand_ = 0;  ///< the entry next thought of forgetting
    std::size_t room_needed_at_ = capacity_;
    std::uint64_t positions_ = 0;  ///< kept in all entries
    std::uint64_t trim_at_ = trim_at_min;
    std::uint64_t generation_ = 0;
    Position watermark_;
    std::atomic<bool> any_rules_ = false;

    static constexpr std::uint64_t trim_at_min = 1 << 20;
};

}  // namespace varve::engine
