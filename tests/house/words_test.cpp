#include "house/words.hpp"

#include <gtest/gtest.h>

namespace house {
namespace {

TEST(Length, StopsAtTheHardStop) {
    std::string text;
    for (std::size_t i = 0; i < file_lines_max; ++i) text += "x\n";
    EXPECT_TRUE(check_length({"src/log/a.cpp", text}).empty());
    EXPECT_EQ(check_length({"src/log/a.cpp", text + "x\n"}).size(), 1U);
}

TEST(Leftovers, NotesToSelfAreFoundAsWholeWords) {
    EXPECT_EQ(check_leftovers({"docs/a.md", "one\nTODO: more\n"}).size(), 1U);
    EXPECT_EQ(check_leftovers({"src/log/a.cpp", "// FIXME\n"}).size(), 1U);
    EXPECT_TRUE(check_leftovers({"src/log/a.cpp", "int TODOS = 1;\n"}).empty());
}

TEST(Leftovers, TheLibraryPrintsNothing) {
    const std::string text = "std::cout << 1;\n";
    EXPECT_EQ(check_leftovers({"src/log/a.cpp", text}).size(), 1U);
    EXPECT_TRUE(check_leftovers({"src/cli/a.cpp", text}).empty());
    EXPECT_TRUE(check_leftovers({"src/log/a_test.cpp", text}).empty());
    EXPECT_TRUE(check_leftovers({"src/log/a.cpp", "std::snprintf(a, 1, b);\n"}).empty());
}

TEST(Leftovers, TestsDoNotSleep) {
    const std::string text = "std::this_thread::sleep_for(1s);\n";
    EXPECT_EQ(check_leftovers({"src/log/a_test.cpp", text}).size(), 1U);
    EXPECT_TRUE(check_leftovers({"src/log/a.cpp", text}).empty());
}

TEST(Leftovers, PathsOfOneMachine) {
    EXPECT_EQ(check_leftovers({"docs/a.md", "see /home/me/x\n"}).size(), 1U);
    EXPECT_EQ(check_leftovers({"src/log/a_test.cpp", "open(\"/tmp/x\");\n"}).size(), 1U);
}

TEST(Leftovers, CodeInComments) {
    EXPECT_EQ(check_leftovers({"src/log/a.cpp", "    // call(x);\n"}).size(), 1U);
    EXPECT_EQ(check_leftovers({"src/log/a.cpp", "// return y;\n"}).size(), 1U);
    EXPECT_EQ(check_leftovers({"src/log/a.cpp", "// a.b = c;\n"}).size(), 1U);
    EXPECT_TRUE(check_leftovers({"src/log/a.cpp", "// The order matters here;\n// see above.\n"}).empty());
    EXPECT_TRUE(check_leftovers({"include/varve/a.hpp", "///     call(x);\n"}).empty());
}

TEST(HeaderStart, PragmaAndPurpose) {
    EXPECT_TRUE(check_header_start({"include/varve/a.hpp", "/// What.\n#pragma once\n"}).empty());
    EXPECT_EQ(check_header_start({"include/varve/a.hpp", "#pragma once\n"}).size(), 1U);
    EXPECT_EQ(check_header_start({"src/log/a.hpp", "// x\n"}).size(), 1U);
}

TEST(Subject, ATestStandsBesideWhatItTests) {
    const Tree tree{{}, {"include/varve/commit.hpp", "src/log/segment.hpp"}};
    EXPECT_TRUE(check_test_has_subject({"src/log/segment_test.cpp", ""}, tree).empty());
    EXPECT_TRUE(check_test_has_subject({"src/log/segment_torn_tail_test.cpp", ""}, tree).empty());
    EXPECT_TRUE(check_test_has_subject({"src/store/commit_test.cpp", ""}, tree).empty());
    EXPECT_EQ(check_test_has_subject({"src/log/orphan_test.cpp", ""}, tree).size(), 1U);
}

}  // namespace
}  // namespace house
