#include "log/findings.hpp"

#include <gtest/gtest.h>

namespace varve::log {
namespace {

TEST(Findings, name_the_events_and_each_stream_once_up_to_ten) {
    std::vector<Finding> list;
    Finding& finding = Findings(list).add(Finding::Kind::torn_tail, "seg", 3, 4, "torn");
    Findings::concern(finding, Position{5}, Position{5});
    EXPECT_FALSE(finding.first) << "an empty range concerns nothing";
    Findings::concern(finding, Position{5}, Position{8});
    for (int round = 0; round < 2; ++round) {
        Findings::name_stream(finding, "");
        for (int n = 0; n < 12; ++n) Findings::name_stream(finding, "s-" + std::to_string(n));
    }
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0].kind, Finding::Kind::torn_tail);
    EXPECT_EQ(list[0].file, "seg");
    EXPECT_EQ(list[0].offset, 3U);
    EXPECT_EQ(list[0].bytes, 4U);
    EXPECT_EQ(list[0].first, Position{5});
    EXPECT_EQ(list[0].last, Position{7});
    ASSERT_EQ(list[0].streams.size(), 10U);
    EXPECT_EQ(list[0].streams.front(), "s-0");
    EXPECT_EQ(list[0].streams.back(), "s-9");
}

}  // namespace
}  // namespace varve::log
