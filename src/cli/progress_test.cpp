#include "cli/progress.hpp"

#include <gtest/gtest.h>

namespace varve::cli {
namespace {

using std::chrono::milliseconds;

TEST(Progress, TellsShareRateAndTimeLeft) {
    EXPECT_EQ(progress_line({.done = 25, .total = 100, .amount = 5000}, milliseconds(2000), 8),
              " 25% [##      ] 5,000 events  2,500/s  6s left");
    EXPECT_EQ(progress_line({.done = 100, .total = 100, .amount = 1}, milliseconds(1000), 0), "100% 1 event  1/s");
}

TEST(Progress, CountsBytesWhereThereIsNothingElse) {
    EXPECT_EQ(progress_line({.done = 1 << 20, .total = 2 << 20, .amount = 1 << 20, .unit = Unit::bytes},
                            milliseconds(1000), 0),
              " 50% 1.0 MiB  1.0 MiB/s  1s left");
}

TEST(Progress, SaysLessWhenTheWholeIsUnknown) {
    EXPECT_EQ(progress_line({.done = 25, .total = {}, .amount = 120000}, milliseconds(61000), 8),
              "120,000 events  1,967/s  1m01s");
}

TEST(Progress, SurvivesOddNumbers) {
    EXPECT_EQ(progress_line({.done = 9, .total = 3, .amount = 0}, milliseconds(0), 4), "100% [####] 0 events  0/s");
    EXPECT_EQ(progress_line({.done = 0, .total = 0, .amount = 0}, milliseconds(0), 4), "0 events  0/s  0s");
}

}  // namespace
}  // namespace varve::cli
