/// The ids of recent events, as hashes with positions: "may be at this position" or "is not among the recent ones".
/// Whoever asks looks into the log before believing it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "varve/types.hpp"

namespace varve::engine {

/// Three generations of one open-addressing table each: what is added goes into the youngest; when that is full, the
/// oldest is dropped and an empty one begun. So at least the last `window` entries are always found, and at most one and
/// a half times as many are held, at 8 bytes a slot. Memory is taken as the first generation grows.
/// Of an id that is added more often than eight times in a generation, the newest place and the seven oldest are kept.
/// Not synchronised. Positions are kept modulo 2^28: an entry that so many events lie behind is not found any more.
class IdWindow {
public:
    explicit IdWindow(std::size_t window);

    void add(std::uint64_t hash, Position position);
    /// Takes an entry back, as if it had never been added; nothing happens when it is not there.
    void erase(std::uint64_t hash, Position position);

    /// Calls f(Position) for each entry with (nearly surely) this hash that lies below `end`, newer generations first.
    template <class F>
    void find(std::uint64_t hash, Position end, F&& f) const {
        const std::uint64_t key = key_of(hash);
        for (std::size_t age = 0; age < generations; ++age) {
            const Table& table = tables_[(youngest_ + age) % generations];
            if (table.slots.empty()) continue;
            for (std::size_t at = table.home(key); table.slots[at] != 0; at = table.after(at)) {
                if (table.slots[at] >> position_bits != key) continue;
                const Position position = position_in(table.slots[at], end);
                if (position < end) f(position);
            }
        }
    }
    /// Has the memory fetched that find and add will look at: for many ids at once, before the first is asked for.
    void prefetch(std::uint64_t hash) const {
        const std::uint64_t key = key_of(hash);
        for (const Table& table : tables_) {
            if (!table.slots.empty()) __builtin_prefetch(&table.slots[table.home(key)]);
        }
    }

    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] std::size_t memory_bytes() const;

private:
    static constexpr std::size_t generations = 3;
    static constexpr int position_bits = 28;
    static constexpr int key_bits = 64 - position_bits;
    static constexpr std::uint64_t position_mask = (std::uint64_t{1} << position_bits) - 1;

    /// A slot is a key and the low bits of a position; 0 is empty, which no key is.
    struct Table {
        std::vector<std::uint64_t> slots;
        std::size_t used = 0;

        [[nodiscard]] std::size_t home(std::uint64_t key) const { return (key * slots.size()) >> key_bits; }
        [[nodiscard]] std::size_t after(std::size_t at) const { return at + 1 == slots.size() ? 0 : at + 1; }
        void put(std::uint64_t slot);
        void grow(std::size_t to);
        bool erase(std::uint64_t slot);
    };

    static std::uint64_t key_of(std::uint64_t hash) {
        const std::uint64_t key = hash >> position_bits;
        return key == 0 ? 1 : key;
    }
    /// The largest position below `end` with the slot's low bits; `end` or more when there is none.
    static Position position_in(std::uint64_t slot, Position end) {
        const std::uint64_t back = (end.value - 1 - slot) & position_mask;
        return back < end.value ? Position{end.value - 1 - back} : end;
    }

    const std::size_t entries_max_;  ///< of one generation
    const std::size_t slots_max_;    ///< likewise
    Table tables_[generations];
    std::size_t youngest_ = 0;
};

}  // namespace varve::engine
