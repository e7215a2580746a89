/// What the engine knows of terms without asking the index: the positions of events that are in the log but not yet
/// in the index, and where recently used terms were seen last before those. Twin of StreamTable.
///
/// The *floor* parts the two: below it everything is in the index, at or above it everything is here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/query_check.hpp"
#include "engine/terms.hpp"
#include "varve/types.hpp"

namespace varve::engine {

/// Bounded: what the index can answer is forgotten, oldest use first, beyond about `capacity` terms. Positions that
/// the index lacks are kept whatever their number; the writer bounds how far the index may lag.
/// Holds speculative events too (admitted, not yet written): readers cut at the committed head.
/// Safe from any thread.
class TermTable {
public:
    TermTable(std::size_t capacity, Position floor) : half_(capacity / 2), floor_(floor) {}

    [[nodiscard]] Position floor() const;

    /// Adds the events of a commit that begins at `first`, the end of what is known so far.
    void add(const TermUses& uses, Position first);
    /// The index now holds all events below `watermark`.
    void indexed(Position watermark);
    /// Forgets every event at or after `end`: it was admitted but never written.
    void truncate(Position end);

    /// Looks at all that is admitted so far: `found` is then the first event that breaks the condition. False, and
    /// nothing found, when the index has to be searched below the floor for one of them first.
    [[nodiscard]] bool decide(std::span<QueryCheck> checks);

    /// The check's terms of which the table does not know where they were last below the floor.
    [[nodiscard]] std::vector<HashedTerm> unknown(const QueryCheck& check);
    /// Takes the index's word: the term's last event below `floor` is at `last`. Left out when the floor has moved.
    void learn(const HashedTerm& term, std::optional<Position> last, Position floor);
    /// True when what is known of terms excludes that an event below `floor` breaks the condition.
    [[nodiscard]] bool excludes(const QueryCheck& check, Position floor);

    /// Some of the term's positions that the index lacks.
    struct Tail {
        Position floor;
        std::vector<Position> positions;
    };
    /// Up to `count` of those >= from, ascending.
    [[nodiscard]] Tail tail_from(const HashedTerm& term, Position from, std::uint64_t count) const;
    /// Up to `count` of those <= until, descending.
    [[nodiscard]] Tail tail_until(const HashedTerm& term, Position until, std::uint64_t count) const;

private:
    struct Key {
        index::TermKind kind;
        std::size_t hash;
        std::string name;
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(const Key& key) const { return key.hash; }
        std::size_t operator()(const HashedTerm& term) const { return term.hash; }
    };
    struct Equal {
        using is_transparent = void;
        bool operator()(const Key& a, const Key& b) const { return a.kind == b.kind && a.name == b.name; }
        bool operator()(const HashedTerm& a, const Key& b) const {
            return a.term.kind == b.kind && a.term.name == b.name;
        }
        bool operator()(const Key& a, const HashedTerm& b) const { return (*this)(b, a); }
    };
    struct Entry {
        bool known = false;               ///< `last` says something
        bool queued = false;              ///< in unsettled_: stays where it is
        std::optional<Position> last;     ///< below the floor; nothing: there is none
        std::vector<Position> unindexed;  ///< ascending; some may have come to lie below the floor: settle()
    };
    using Map = std::unordered_map<Key, Entry, Hash, Equal>;

    // All of these require mutex_.
    [[nodiscard]] Entry* find(const HashedTerm& term);
    [[nodiscard]] const Entry* look(const HashedTerm& term) const;
    [[nodiscard]] Entry& find_or_add(const HashedTerm& term);
    void rotate();
    void settle(Entry& entry) const;
    [[nodiscard]] bool may_hold(const HashedTerm& term, Position from);
    [[nodiscard]] bool may_break_below_floor(const QueryCheck& check);
    /// The first event at or after `from`, which is not below the floor, that fits the item.
    [[nodiscard]] std::optional<Position> first_match(const QueryCheck::Item& item, Position from) const;

    const std::size_t half_;
    mutable std::mutex mutex_;
    Position floor_;
    // Two ages: what is used moves to the young; when the young are many, the old are dropped and the young age.
    Map young_;
    Map old_;
    /// Entries with positions to be settled, and where the first of them was when they were put here.
    std::deque<std::pair<Position, Entry*>> unsettled_;
};

}  // namespace varve::engine
