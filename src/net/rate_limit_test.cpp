#include "net/rate_limit.hpp"

#include <gtest/gtest.h>

namespace varve::net {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""s;

TEST(RateLimit, so_many_at_once_and_a_tenth_each_second) {
    Clock::time_point now(1h);
    RateLimit limit(20, now);
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(limit.take(now)) << i;
    EXPECT_FALSE(limit.take(now));
    now += 1s;
    EXPECT_TRUE(limit.take(now));
    EXPECT_TRUE(limit.take(now));
    EXPECT_FALSE(limit.take(now));
    now += 1h;
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(limit.take(now)) << i;
    EXPECT_FALSE(limit.take(now));
}

}  // namespace
}  // namespace varve::net
