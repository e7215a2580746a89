#include "engine/id_window.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <utility>
#include <vector>

namespace varve::engine {
namespace {

std::uint64_t mixed(std::uint64_t number) {
    std::mt19937_64 random(number);
    return random();
}

std::vector<Position> found(const IdWindow& window, std::uint64_t hash, Position end) {
    std::vector<Position> positions;
    window.find(hash, end, [&](Position position) { positions.push_back(position); });
    return positions;
}

bool finds(const IdWindow& window, std::uint64_t hash, Position position, Position end) {
    return std::ranges::count(found(window, hash, end), position) == 1;
}

TEST(IdWindow, AnEmptyOneFindsNothing) {
    const IdWindow window(1000);
    EXPECT_TRUE(found(window, 0, Position{100}).empty());
    EXPECT_TRUE(found(window, ~std::uint64_t{0}, Position{100}).empty());
    EXPECT_EQ(window.memory_bytes(), 0U);
}

TEST(IdWindow, HoldsTheLastOnesAndDropsTheOldest) {
    for (const std::size_t size : {1U, 2U, 3U, 10U, 999U, 1000U}) {
        IdWindow window(size);
        for (std::uint64_t n = 0; n < 5 * size + 7; ++n) {
            window.add(mixed(n), Position{n});
            const std::uint64_t oldest = n < size ? 0 : n + 1 - size;
            EXPECT_TRUE(finds(window, mixed(oldest), Position{oldest}, Position{n + 1})) << size << " " << n;
            EXPECT_TRUE(finds(window, mixed(n), Position{n}, Position{n + 1}));
            EXPECT_LE(window.size(), size + size / 2 + 4);
        }
        EXPECT_TRUE(found(window, mixed(0), Position{5 * size + 7}).empty()) << "bounded";
    }
}

TEST(IdWindow, NeverFindsWhatLiesBeyondTheEnd) {
    IdWindow window(10);
    window.add(7, Position{5});
    EXPECT_TRUE(found(window, 7, Position{5}).empty());
    EXPECT_TRUE(found(window, 7, Position{0}).empty());
    EXPECT_EQ(found(window, 7, Position{6}), std::vector{Position{5}});
}

TEST(IdWindow, PositionsBeyondTheirLowBitsComeBackWhole) {
    IdWindow window(10);
    const Position far{(std::uint64_t{5} << 28) - 2};
    for (std::uint64_t n = 0; n < 5; ++n) window.add(mixed(n), far + n);
    for (std::uint64_t n = 0; n < 5; ++n) EXPECT_TRUE(finds(window, mixed(n), far + n, far + 5)) << n;
}

TEST(IdWindow, MemoryGrowsWithWhatIsHeldUpToItsBound) {
    IdWindow window(1 << 20);
    for (std::uint64_t n = 0; n < 500; ++n) window.add(mixed(n), Position{n});
    EXPECT_LE(window.memory_bytes(), 16U << 10);
    std::mt19937_64 random(1);
    for (std::uint64_t n = 0; n < 4U << 20; ++n) window.add(random(), Position{n});
    EXPECT_LE(window.memory_bytes(), 20U << 20);
    EXPECT_GE(window.size(), 1U << 20);
}

TEST(IdWindow, AnIdThatComesAgainAndAgainTakesLittleRoom) {
    IdWindow window(1 << 20);
    for (std::uint64_t n = 0; n < 1000; ++n) window.add(mixed(n), Position{n});
    for (std::uint64_t n = 1000; n < 300'000; ++n) {
        window.add(mixed(7), Position{n});
        if (n % 1000 == 0) {
            EXPECT_TRUE(finds(window, mixed(7), Position{n}, Position{n + 1}));
        }
    }
    EXPECT_TRUE(finds(window, mixed(7), Position{7}, Position{300'000})) << "the original";
    EXPECT_LE(window.size(), 1010U);
    for (std::uint64_t n = 0; n < 1000; ++n) EXPECT_TRUE(finds(window, mixed(n), Position{n}, Position{300'000}));
}

/// The same as a list: what was added and not erased, in order.
class Model {
public:
    void add(std::uint64_t hash, Position position) { entries_.emplace_back(hash, position); }
    void erase(std::uint64_t hash, Position position) {
        const auto last = std::find(entries_.rbegin(), entries_.rend(), std::pair(hash, position));
        if (last != entries_.rend()) entries_.erase(std::next(last).base());
    }
    [[nodiscard]] const std::deque<std::pair<std::uint64_t, Position>>& entries() const { return entries_; }

private:
    std::deque<std::pair<std::uint64_t, Position>> entries_;
};

// Few different hashes, crowded into a corner of the table: long runs, wrapping around its end.
TEST(IdWindow, IsLikeAListWhateverIsAddedAndTakenBack) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        SCOPED_TRACE(seed);
        std::mt19937_64 random(seed);
        const std::size_t size = 1 + random() % 60;
        const std::uint64_t high = seed % 2 == 0 ? ~std::uint64_t{0} << 40 : 0;
        const auto some_hash = [&] { return high | (random() % 400) << 28; };
        IdWindow window(size);
        Model model;
        Position next;
        for (int step = 0; step < 400; ++step) {
            if (random() % 4 != 0 || model.entries().empty()) {
                const std::uint64_t hash = some_hash();
                window.add(hash, next);
                model.add(hash, next);
                ++next;
            } else {
                // What is taken back is young: it was not written.
                const std::size_t young = std::min<std::size_t>(model.entries().size(), 1 + size / 4);
                const auto [hash, position] = model.entries()[model.entries().size() - 1 - random() % young];
                window.erase(hash, position);
                model.erase(hash, position);
                EXPECT_FALSE(finds(window, hash, position, next));
            }
            window.erase(some_hash(), next + 7);  // not there
            const std::size_t kept = std::min(size, model.entries().size());
            for (std::size_t back = 1; back <= kept; ++back) {
                const auto& [hash, position] = model.entries()[model.entries().size() - back];
                // Taking back makes no room in older generations, so the window may reach less far by as much.
                if (next - position <= size) {
                    EXPECT_TRUE(finds(window, hash, position, next)) << position;
                }
            }
            for (const Position position : found(window, some_hash(), next)) EXPECT_LT(position, next);
        }
    }
}

TEST(IdWindow, WhatIsFoundWasAdded) {
    std::mt19937_64 random(3);
    IdWindow window(20000);
    std::vector<std::uint64_t> hashes;
    for (std::uint64_t n = 0; n < 60000; ++n) {
        hashes.push_back(random());
        window.add(hashes.back(), Position{n});
    }
    std::size_t false_ones = 0;
    for (int n = 0; n < 100000; ++n) false_ones += found(window, random(), Position{60000}).size();
    EXPECT_LE(false_ones, 5U);
    for (std::uint64_t n = 40000; n < 60000; ++n) EXPECT_TRUE(finds(window, hashes[n], Position{n}, Position{60000}));
}

}  // namespace
}  // namespace varve::engine
