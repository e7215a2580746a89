/// What the engine knows of terms without asking the index: the positions of events that are in the log but not yet
/// in the index, and of recently used terms the newest ones before those. Twin of StreamTable.
///
/// The *floor* parts the two: below it everything is in the index, at or above it everything is here. Of each term
/// the table holds all positions from some point on, which is the floor at the latest; below that it knows nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
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

    /// `drop` takes those positions out of a list of which the events are gone.
    void forget(const std::function<void(std::vector<Position>&)>& drop);

    /// Looks at all that is admitted so far: `found` is then the first event that breaks the condition. False, and
    /// nothing found, when the index has to be searched below the floor for one of them first.
    [[nodiscard]] bool decide(std::span<QueryCheck> checks);

    /// A term, and from where on the table holds all its positions.
    struct Known {
        HashedTerm term;
        Position whole_from;
    };
    /// The check's terms of which the table lacks positions that the check asks for.
    [[nodiscard]] std::vector<Known> lacking(const QueryCheck& check);
    /// Takes the index's word: of the term's positions in [from, whole_from) these are all. Left out when the table knows
    /// the term from another point on by now, or when they are more than it keeps.
    void learn(const Known& known, Position from, std::span<const Position> positions);
    /// Can the check be decided without the index? Asked again after learn().
    [[nodiscard]] bool can_decide(const QueryCheck& check);

    /// Some of the term's positions.
    struct Tail {
        Position whole_from;  ///< all from here on are known, and none before
        std::vector<Position> positions;
    };
    /// Up to `count` of those >= from, ascending.
    [[nodiscard]] Tail tail_from(const HashedTerm& term, Position from, std::uint64_t count);
    /// Up to `count` of those <= until, descending.
    [[nodiscard]] Tail tail_until(const HashedTerm& term, Position until, std::uint64_t count);

    /// Positions that a read or an indexed tail leaves here for the next one, for each term.
    static constexpr std::size_t kept = 16;

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
        Position whole_from;              ///< all from here on are in `positions`
        bool queued = false;              ///< in unsettled_: stays where it is
        std::vector<Position> positions;  ///< ascending
    };
    using Map = std::unordered_map<Key, Entry, Hash, Equal>;

    // All of these require mutex_.
    [[nodiscard]] Entry* find(const HashedTerm& term);
    [[nodiscard]] Entry& find_or_add(const HashedTerm& term);
    void rotate();
    void trim(Entry& entry) const;
    [[nodiscard]] Position whole_from(const Entry* entry) const {
        return entry != nullptr ? entry->whole_from : floor_;
    }

    /// The positions of an item's terms, as far as the table has them.
    struct Lists {
        std::vector<const Entry*> tags, types;  ///< null: the table has none
    };
    [[nodiscard]] Lists lists_of(const QueryCheck::Item& item);
    /// Do the lists tell which events from `from` on fit the item?
    [[nodiscard]] bool tell(const Lists& lists, Position from) const;
    /// The first position at or after `from` that is in the item's lists as the item asks.
    [[nodiscard]] static std::optional<Position> first_match(const Lists& lists, Position from);

    const std::size_t half_;
    mutable std::mutex mutex_;
    Position floor_;
    // Two ages: what is used moves to the young; when the young are many, the old are dropped and the young age.
    Map young_;
    Map old_;
    std::vector<Entry*> added_to_;  ///< during add(), kept for its memory
    /// Entries with positions to be settled, and where the first of them was when they were put here.
    std::deque<std::pair<Position, Entry*>> unsettled_;
};

}  // namespace varve::engine
