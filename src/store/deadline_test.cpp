#include "store/deadline.hpp"

#include <gtest/gtest.h>

namespace varve::store {
namespace {

using std::chrono::milliseconds;

TEST(Deadlines, are_the_limit_after_now_and_never_wrap_around) {
    const Deadline now{std::chrono::hours(100)};
    EXPECT_EQ(deadline_after(now, milliseconds(5)), now + milliseconds(5));
    EXPECT_EQ(deadline_after(now, milliseconds(0)), now);
    EXPECT_EQ(deadline_after(now, milliseconds(-1)), now);
    EXPECT_EQ(deadline_after(now, milliseconds::min()), now);
    EXPECT_EQ(deadline_after(now, milliseconds::max()), Deadline::max());
    const auto reach = std::chrono::floor<milliseconds>(Deadline::max() - now);
    EXPECT_EQ(deadline_after(now, reach), Deadline::max());
    EXPECT_EQ(deadline_after(now, reach - milliseconds(1)), now + (reach - milliseconds(1)));
    EXPECT_EQ(deadline_after(Deadline::max(), milliseconds(1)), Deadline::max());
}

}  // namespace
}  // namespace varve::store
