#include "cli/command_test.hpp"

namespace command {
namespace {

class Info : public CommandTest {};

TEST_F(Info, SaysWhatAStoreIs) {
    fill();
    const std::string text = succeed({"info", store()});
    for (const char* part : {"engine      folder (format ", "events      4 in 4 commits\n", "first       20",
                             "log         ", "in 1 segment\n", "id          ", "index       "}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
    }
    const auto info = parsed(succeed({"info", store(), "--json"}));
    EXPECT_EQ(text_of(info, "engine"), "folder");
    EXPECT_EQ(number_of(info, "events"), 4U);
    EXPECT_EQ(number_of(info, "commits"), 4U);
    EXPECT_EQ(number_of(info, "segments"), 1U);
    EXPECT_GT(number_of(info, "logBytes"), 0U);
    EXPECT_GE(number_of(info, "format"), 1U);
    EXPECT_TRUE(::varve::parse_timestamp(text_of(info, "firstTime")));
}

TEST_F(Info, NothingIsInMemoryToLookAt) {
    fail(1, {"info", "memory:"}, {"memory:"});
}

}  // namespace
}  // namespace command
