/// The ids of recent events, as hashes with positions: "may be at this position" or "is not among the recent ones".
/// Whoever asks looks into the log before believing it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/id_filter.hpp"
#include "varve/types.hpp"

namespace varve::engine {

/// Four generations of one open-addressing table each: what is added goes into the youngest; when that is full, the
/// oldest is dropped and an empty one begun. So at least the last `window` entries are always found, and at most a third
/// more are held, at 12 bytes an entry. A filter before them says at once what is in none. Memory is taken as the first generation grows.
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
        const unsigned perhaps = filter_.find(key);
        if (perhaps == 0) return;
        for (std::size_t age = 0; age < generations; ++age) {
            const std::size_t generation = (youngest_ + age) % generations;
            const Table& table = tables_[generation];
            if (table.lines.empty() || (perhaps >> generation & 1) == 0) continue;
            for (std::size_t at = table.home(key);; at = table.after(at)) {
                const Line& line = table.lines[at];
                if (line.holds(key)) [[unlikely]] {
                    for (const std::uint64_t slot : line.slots) {
                        if (slot >> position_bits != key) continue;
                        const Position position = position_in(slot, end);
                        if (position < end) f(position);
                    }
                }
                if (!line.full()) break;
            }
        }
    }
    /// Has the memory fetched that find will look at, or add: for many ids at once, before the first is asked for.
    void prefetch_find(std::uint64_t hash) const { filter_.prefetch(key_of(hash)); }
    void prefetch_add(std::uint64_t hash) const {
        const std::uint64_t key = key_of(hash);
        const Table& table = tables_[youngest_];
        filter_.prefetch(key);
        if (!table.lines.empty()) __builtin_prefetch(&table.lines[table.home(key)], 1);
    }

    [[nodiscard]] std::size_t size() const;
    [[nodiscard]] std::size_t memory_bytes() const;

private:
    static constexpr std::size_t generations = IdFilter::generations;
    static constexpr int position_bits = 28;
    static constexpr int key_bits = 64 - position_bits;
    static constexpr std::uint64_t position_mask = (std::uint64_t{1} << position_bits) - 1;

    /// A line of the cache, filled from its front. A slot is a key and the low bits of a position; 0 is empty, which no
    /// key is.
    struct alignas(64) Line {
        std::array<std::uint64_t, 8> slots{};

        [[nodiscard]] bool full() const { return slots.back() != 0; }
        /// Looks at all slots without a branch: the answer is nearly always no.
        [[nodiscard]] bool holds(std::uint64_t key) const {
            unsigned found = 0;
            for (const std::uint64_t slot : slots) found |= static_cast<unsigned>(slot >> position_bits == key);
            return found != 0;
        }
    };
    /// An entry lies in the line that its key says, or when that is full, in the next that is not.
    struct Table {
        std::vector<Line> lines;
        std::size_t used = 0;

        [[nodiscard]] std::size_t home(std::uint64_t key) const { return (key * lines.size()) >> key_bits; }
        [[nodiscard]] std::size_t after(std::size_t at) const { return at + 1 == lines.size() ? 0 : at + 1; }
        void put(std::uint64_t slot);
        void grow(std::size_t to);
        bool erase(std::uint64_t slot);
        /// Takes a slot out of a line, filling it with what was pushed on when the line was full.
        void close_up(std::size_t at, std::size_t hole);
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

    void begin_filter();

    const std::size_t entries_max_;  ///< of one generation
    const std::size_t lines_max_;    ///< likewise
    Table tables_[generations];
    std::size_t youngest_ = 0;
    IdFilter filter_;  ///< begun when a generation has become large
};

}  // namespace varve::engine
