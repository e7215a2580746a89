#include <gtest/gtest.h>

#include "varve/event.hpp"
#include "varve/limits.hpp"

namespace varve {
namespace {

TEST(Check, AcceptsWhatAppendAccepts) {
    EXPECT_TRUE(check({.stream = "account-a1", .type = "Opened", .data = "{}", .tags = {"owner:ada"}}));
}

TEST(Check, NamesWhatAppendWouldRefuse) {
    const auto message = [](const NewEvent& event) { return check(event).error().message; };
    EXPECT_EQ(message({.stream = "", .type = "Opened"}), "this event cannot be stored: its stream name is empty");
    EXPECT_NE(message({.stream = "s", .type = std::string(300, 'x')}).find("its type has 300 bytes"),
              std::string::npos);
    EXPECT_NE(message({.stream = "s", .type = "t", .tags = {"a", "a"}}).find("repeat"), std::string::npos);
    EXPECT_NE(message({.stream = "s", .type = "t", .data = std::string(limits::event_bytes, 'x')}).find("the limit is"),
              std::string::npos);
    EXPECT_EQ(check({.stream = "", .type = "t"}).error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace varve
