#include "cli/age.hpp"

#include <gtest/gtest.h>

namespace varve::cli {
namespace {

using std::chrono::seconds;

TEST(AgeText, ReadsNumbersWithAUnitAndNothingElse) {
    EXPECT_EQ(parse_age("90s"), seconds(90));
    EXPECT_EQ(parse_age("5m"), seconds(300));
    EXPECT_EQ(parse_age("12h"), seconds(43200));
    EXPECT_EQ(parse_age("30d"), seconds(2592000));
    EXPECT_EQ(parse_age("2w"), seconds(1209600));
    EXPECT_EQ(parse_age("9223372036854775807s"), seconds::max());
    for (const char* text :
         {"", "d", "30", "0d", "-1d", "1.5d", "30 d", "30D", "d30", "9223372036854775808s", "153722867280912931m"}) {
        EXPECT_EQ(parse_age(text), std::nullopt) << text;
    }
}

TEST(AgeText, TellsTheLargestWholeUnit) {
    EXPECT_EQ(age_text(seconds(1)), "1s");
    EXPECT_EQ(age_text(seconds(90)), "90s");
    EXPECT_EQ(age_text(seconds(300)), "5m");
    EXPECT_EQ(age_text(seconds(43200)), "12h");
    EXPECT_EQ(age_text(seconds(2592000)), "30d");
    EXPECT_EQ(age_text(seconds(1209600)), "14d") << "weeks are for typing";
}

}  // namespace
}  // namespace varve::cli
