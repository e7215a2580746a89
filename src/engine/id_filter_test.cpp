#include "engine/id_filter.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace varve::engine {
namespace {

constexpr int key_bits = 36;

TEST(IdFilter, KnowsNothingBeforeItIsBegun) {
    IdFilter filter;
    EXPECT_FALSE(filter.begun());
    EXPECT_EQ(filter.find(7), IdFilter::all);
    filter.add(7, 0);
    EXPECT_EQ(filter.memory_bytes(), 0U);
}

TEST(IdFilter, NeverDeniesWhatWasAdded) {
    constexpr std::size_t entries = 10'000;
    std::mt19937_64 random(1);
    IdFilter filter;
    filter.begin(entries, key_bits);
    std::vector<std::vector<std::uint64_t>> keys(IdFilter::generations);
    for (std::size_t g = 0; g < IdFilter::generations; ++g) {
        for (std::size_t n = 0; n < entries; ++n) {
            keys[g].push_back(random() >> (64 - key_bits));
            filter.add(keys[g].back(), g);
        }
    }
    filter.clear(2);
    std::size_t others = 0;
    for (std::size_t g = 0; g < IdFilter::generations; ++g) {
        for (const std::uint64_t key : keys[g]) {
            const unsigned found = filter.find(key);
            if (g != 2) {
                EXPECT_NE(found >> g & 1, 0U);
            } else {
                EXPECT_EQ(found >> g & 1, 0U) << "cleared";
            }
            others += static_cast<std::size_t>((found & ~(1U << g)) != 0);
        }
    }
    EXPECT_LE(others, IdFilter::generations * entries / 25) << "and is seldom wrong";
    EXPECT_GT(others, 0U) << "though never sure: this test looks at the right bits";
}

}  // namespace
}  // namespace varve::engine
