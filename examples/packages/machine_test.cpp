#include "packages/machine.hpp"

#include <gtest/gtest.h>

namespace packages {
namespace {

TEST(Compare, FindsNoDifferenceWhereThereIsNone) {
    const auto result = compare({{"a:all", {"installed", "1"}}, {"b:all", {"not-installed", ""}}},
                                {{"a:all", {"installed", "1"}}, {"base:all", {"installed", "9"}}});
    EXPECT_EQ(result.equal, 2U);
    EXPECT_TRUE(result.differences.empty());
    EXPECT_EQ(result.not_in_log, std::vector<std::string>{"base:all"});
}

TEST(Compare, ExplainsWhatDiffers) {
    const auto result = compare(
        {{"moved:all", {"installed", "1"}},
         {"gone:all", {"installed", "1"}},
         {"newer:all", {"installed", "1"}},
         {"held:all", {"installed", "1"}}},
        {{"moved:amd64", {"installed", "1"}}, {"newer:all", {"installed", "2"}}, {"held:all", {"unpacked", "1"}}});
    ASSERT_EQ(result.differences.size(), 4U);
    EXPECT_EQ(result.differences[0].package, "gone:all");
    EXPECT_EQ(result.differences[0].in_dpkg, "not there");
    EXPECT_NE(result.differences[0].why.find("without a line"), std::string::npos);
    EXPECT_NE(result.differences[1].why.find("status changed"), std::string::npos);
    EXPECT_NE(result.differences[2].why.find("architecture"), std::string::npos);
    EXPECT_EQ(result.differences[3].in_history, "installed 1");
    EXPECT_EQ(result.differences[3].in_dpkg, "installed 2");
}

TEST(AskDpkg, NamesAFileThatCannotBeRead) {
    EXPECT_EQ(ask_dpkg("/nowhere/list").error().message, "/nowhere/list cannot be read");
}

}  // namespace
}  // namespace packages
