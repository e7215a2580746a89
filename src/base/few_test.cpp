#include "base/few.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace varve {
namespace {

Few<int, 3> up_to(int count) {
    Few<int, 3> few;
    for (int i = 0; i < count; ++i) few.push_back(i);
    return few;
}

std::vector<int> listed(std::span<const int> all) {
    return {all.begin(), all.end()};
}

TEST(Few, holds_few_as_it_holds_many) {
    for (int count = 0; count < 10; ++count) {
        std::vector<int> expected(static_cast<std::size_t>(count));
        std::iota(expected.begin(), expected.end(), 0);
        const Few<int, 3> few = up_to(count);
        EXPECT_EQ(few.size(), expected.size());
        EXPECT_EQ(few.empty(), count == 0);
        EXPECT_EQ(listed(few), expected);
        Few<int, 3> copy = few;
        EXPECT_EQ(listed(copy), expected);
        copy.clear();
        EXPECT_EQ(listed(few), expected);
    }
}

TEST(Few, is_empty_when_it_was_cleared_or_moved_away) {
    for (const int count : {2, 5}) {
        Few<int, 3> few = up_to(count);
        few.clear();
        EXPECT_TRUE(few.empty());
        few.push_back(7);
        EXPECT_EQ(listed(few), std::vector{7});
    }
    Few<int, 3> many = up_to(5);
    const Few<int, 3> taken = std::move(many);
    EXPECT_EQ(taken.size(), 5U);
}

TEST(Few, takes_a_copy_of_its_own) {
    for (const int count : {3, 4, 8}) {
        Few<int, 3> few = up_to(count);
        few.reserve(100);
        few.push_back(few[1]);
        EXPECT_EQ(few[few.size() - 1], 1);
    }
}

}  // namespace
}  // namespace varve
