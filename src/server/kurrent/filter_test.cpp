#include "server/kurrent/filter.hpp"

#include <gtest/gtest.h>

#include <string>

namespace varve::kurrent {
namespace {

Event named(std::string_view stream, std::string_view type) {
    Event event{};
    event.stream = stream;
    event.type = type;
    return event;
}

TEST(Filter, a_prefix_is_any_of_the_list) {
    const Filter filter = Filter::by_prefix(Filter::Of::stream, {"account-", "order-"});
    EXPECT_TRUE(filter.matches(named("order-1", "T")));
    EXPECT_FALSE(filter.matches(named("an-order-1", "account-")));
}

TEST(Filter, an_expression_is_found_anywhere_and_may_look_ahead) {
    const Filter types = Filter::by_regex(Filter::Of::type, "ed$").value();
    EXPECT_TRUE(types.matches(named("s", "Opened")));
    EXPECT_FALSE(types.matches(named("closed", "Open")));
    const Filter no_system = Filter::by_regex(Filter::Of::type, R"(^(?!\$).*)").value();
    EXPECT_TRUE(no_system.matches(named("s", "Opened")));
    EXPECT_FALSE(no_system.matches(named("s", "$metadata")));
    const Filter as_node_asks = Filter::by_regex(Filter::Of::stream, R"(^[^\$].*)").value();
    EXPECT_FALSE(as_node_asks.matches(named("$$s", "T")));
}

TEST(Filter, names_what_is_wrong_with_an_expression) {
    const auto refused = Filter::by_regex(Filter::Of::type, "a(b");
    EXPECT_EQ(refused.error().code, Code::invalid_argument);
    EXPECT_NE(refused.error().message.find("'a(b' is not valid at character 3"), std::string::npos) << refused.error();
    EXPECT_FALSE(Filter::by_regex(Filter::Of::type, std::string(5000, 'a')).ok());
}

TEST(Filter, one_that_is_too_hard_matches_nothing_and_takes_no_time) {
    const Filter hard = Filter::by_regex(Filter::Of::type, "^(a+)+$").value();
    EXPECT_FALSE(hard.matches(named("s", std::string(200, 'a') + "!")));
}

}  // namespace
}  // namespace varve::kurrent
