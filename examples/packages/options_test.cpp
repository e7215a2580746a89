#include "packages/options.hpp"

#include <gtest/gtest.h>

namespace packages {
namespace {

TEST(Options, AreRead) {
    const auto options = read_options({"installed", "--as-of", "2025-06-25", "--data", "here"}).value();
    EXPECT_EQ(options.verb, "installed");
    EXPECT_EQ(options.as_of, "2025-06-25 00:00:00");
    EXPECT_EQ(options.data, "here");
    EXPECT_EQ(read_options({"history", "libc6:amd64"}).value().package, "libc6:amd64");
}

TEST(Options, SayWhatIsWrong) {
    const auto message = [](std::vector<std::string> arguments) {
        return read_options(std::move(arguments)).error().message;
    };
    EXPECT_TRUE(message({}).starts_with("no verb"));
    EXPECT_TRUE(message({"fly"}).starts_with("unknown verb 'fly'"));
    EXPECT_TRUE(message({"import", "--fly", "x"}).starts_with("unknown option --fly"));
    EXPECT_TRUE(message({"import", "--log"}).starts_with("--log needs a value"));
    EXPECT_TRUE(message({"installed", "--as-of", "noon"}).starts_with("'noon' is no time"));
    EXPECT_TRUE(message({"history"}).starts_with("history of which package?"));
    EXPECT_TRUE(message({"import", "more"}).starts_with("what is 'more'?"));
}

TEST(Options, CompleteATime) {
    EXPECT_EQ(whole_time("2025-06-25T14:00"), "2025-06-25 14:00:00");
    EXPECT_EQ(whole_time("2025-06-25 14:00:05"), "2025-06-25 14:00:05");
    EXPECT_EQ(whole_time("2025-06"), std::nullopt);
    EXPECT_EQ(whole_time("25.06.2025"), std::nullopt);
}

}  // namespace
}  // namespace packages
