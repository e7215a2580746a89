#include "store/range.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace varve::store {
namespace {

constexpr auto backward = Direction::backward;
constexpr Position far{std::numeric_limits<std::uint64_t>::max()};

TEST(Ranges, bounds_are_inclusive_and_turn_with_the_direction) {
    EXPECT_EQ(position_range({}, Position{6}), (Range{0, 6}));
    EXPECT_EQ(position_range({.from = Position{2}, .until = Position{4}}, Position{6}), (Range{2, 5}));
    EXPECT_EQ(position_range({.direction = backward, .from = Position{7}, .until = Position{3}}, Position{6}),
              (Range{3, 6}));
    EXPECT_EQ(position_range({.direction = backward, .from = Position{4}, .until = Position{2}}, Position{6}),
              (Range{2, 5}));
    EXPECT_EQ(revision_range({.from_revision = Revision{1}}, Revision{3}), (Range{1, 3}));
}

TEST(Ranges, the_largest_bound_does_not_overflow) {
    EXPECT_EQ(position_range({.until = far}, Position{6}), (Range{0, 6}));
    EXPECT_TRUE(position_range({.from = far}, Position{6}).empty());
    EXPECT_TRUE(position_range({.from = Position{3}, .until = Position{2}}, Position{6}).empty());
    EXPECT_TRUE(position_range({}, Position{0}).empty());
}

TEST(Ranges, a_limit_keeps_what_comes_first_in_the_direction) {
    EXPECT_EQ(clipped({2, 9}, Direction::forward, 3), (Range{2, 5}));
    EXPECT_EQ(clipped({2, 9}, backward, 3), (Range{6, 9}));
    EXPECT_EQ(clipped({2, 9}, backward, no_limit), (Range{2, 9}));
    EXPECT_TRUE(clipped({2, 9}, backward, 0).empty());
    EXPECT_TRUE(clipped({9, 2}, Direction::forward, 3).empty());
}

}  // namespace
}  // namespace varve::store
