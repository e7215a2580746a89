#include "cli/nearest.hpp"

#include <gtest/gtest.h>

namespace varve::cli {
namespace {

const std::vector<std::string> commands = {"append", "read", "tail", "streams", "info", "verify", "import", "export"};

TEST(Nearest, FindsASlipOfTheFinger) {
    EXPECT_EQ(nearest("raed", commands), "read") << "two letters swapped";
    EXPECT_EQ(nearest("apend", commands), "append") << "one left out";
    EXPECT_EQ(nearest("stream", commands), "streams");
    EXPECT_EQ(nearest("verifyy", commands), "verify") << "one too many";
    EXPECT_EQ(nearest("inport", commands), "import") << "one changed";
    EXPECT_EQ(nearest("--steam", {"--from", "--stream"}), "--stream");
}

TEST(Nearest, IsSilentWhenNothingIsNear) {
    EXPECT_EQ(nearest("frobnicate", commands), "");
    EXPECT_EQ(nearest("x", commands), "");
    EXPECT_EQ(nearest("", commands), "");
    EXPECT_EQ(nearest("read", {}), "");
    EXPECT_EQ(nearest("x", {"a"}), "") << "another name altogether";
    EXPECT_EQ(nearest(std::string(1000, 'r'), commands), "");
}

}  // namespace
}  // namespace varve::cli
