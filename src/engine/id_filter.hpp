/// Answers "none of the generations has this key" from one line of the cache: a Bloom filter for each generation, laid
/// side by side.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace varve::engine {

/// Not synchronised. Empty until it is begun: then it answers "perhaps" for every generation.
class IdFilter {
public:
    static constexpr std::size_t generations = 4;
    static constexpr unsigned all = (1U << generations) - 1;

    /// For at most `entries` keys of `key_bits` random bits in a generation: about one of 300 keys that are not there
    /// is thought to be.
    void begin(std::size_t entries, int key_bits) {
        key_bits_ = key_bits;
        lines_.assign(entries / keys_per_line + 1, {});
    }
    [[nodiscard]] bool begun() const { return !lines_.empty(); }

    void add(std::uint64_t key, std::size_t generation) {
        if (!begun()) return;
        const Bits bits(key);
        Line& line = lines_[place(key)];
        line.words[2 * generation] |= bits.low;
        line.words[2 * generation + 1] |= bits.high;
    }
    /// The generations that may have the key: bit g of generation g.
    [[nodiscard]] unsigned find(std::uint64_t key) const {
        if (!begun()) return all;
        const Bits bits(key);
        const Line& line = lines_[place(key)];
        unsigned found = 0;
        for (std::size_t g = 0; g < generations; ++g) {
            const std::uint64_t missing = (bits.low & ~line.words[2 * g]) | (bits.high & ~line.words[2 * g + 1]);
            found |= static_cast<unsigned>(missing == 0) << g;
        }
        return found;
    }
    void clear(std::size_t generation) {
        for (Line& line : lines_) line.words[2 * generation] = line.words[2 * generation + 1] = 0;
    }
    void prefetch(std::uint64_t key) const {
        if (begun()) __builtin_prefetch(&lines_[place(key)]);
    }
    [[nodiscard]] std::size_t memory_bytes() const { return lines_.capacity() * sizeof(Line); }

private:
    static constexpr std::size_t keys_per_line = 8;

    struct alignas(64) Line {
        std::array<std::uint64_t, 2 * generations> words{};
    };
    /// Two bits in each of two words.
    struct Bits {
        explicit Bits(std::uint64_t key) {
            const std::uint64_t mixed = (key * 0x9e3779b97f4a7c15) >> 40;
            low = std::uint64_t{1} << (mixed & 63) | std::uint64_t{1} << (mixed >> 6 & 63);
            high = std::uint64_t{1} << (mixed >> 12 & 63) | std::uint64_t{1} << (mixed >> 18 & 63);
        }
        std::uint64_t low, high;
    };
    [[nodiscard]] std::size_t place(std::uint64_t key) const { return (key * lines_.size()) >> key_bits_; }

    std::vector<Line> lines_;
    int key_bits_ = 64;
};

}  // namespace varve::engine
