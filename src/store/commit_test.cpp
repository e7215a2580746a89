#include "varve/commit.hpp"

#include <gtest/gtest.h>

namespace varve {
namespace {

TEST(Commits, append_names_the_stream_of_each_event_and_conditions_what_is_expected) {
    const Commit commit = Commit{}
                              .append("a-1", Expected::exact(Revision{3}),
                                      {{.stream = "elsewhere", .type = "One"}, {.stream = "", .type = "Two"}})
                              .append("b-1", Expected::any(), {{.stream = "a-1", .type = "Three"}})
                              .append("c-1", Expected::none(), {});
    ASSERT_EQ(commit.events.size(), 3U);
    EXPECT_EQ(commit.events[0].stream, "a-1");
    EXPECT_EQ(commit.events[1].stream, "a-1");
    EXPECT_EQ(commit.events[2].stream, "b-1");
    EXPECT_EQ(commit.events[2].type, "Three");
    ASSERT_EQ(commit.conditions.size(), 2U) << "`any` is no condition";
    EXPECT_EQ(std::get<StreamIs>(commit.conditions[0]).stream, "a-1");
    EXPECT_EQ(std::get<StreamIs>(commit.conditions[0]).expected, Expected::exact(Revision{3}));
    EXPECT_EQ(std::get<StreamIs>(commit.conditions[1]).stream, "c-1");
    EXPECT_EQ(std::get<StreamIs>(commit.conditions[1]).expected, Expected::none());
}

TEST(Commits, what_is_expected_can_be_said_and_asked) {
    EXPECT_EQ(Expected::any().to_string(), "any revision");
    EXPECT_EQ(Expected::none().to_string(), "no stream");
    EXPECT_EQ(Expected::exists().to_string(), "an existing stream");
    EXPECT_EQ(Expected::exact(Revision{3}).to_string(), "revision 3");
    for (const std::optional<Revision> last : {std::optional<Revision>(), std::optional(Revision{3})}) {
        EXPECT_TRUE(Expected::any().holds(last));
        EXPECT_EQ(Expected::none().holds(last), !last);
        EXPECT_EQ(Expected::exists().holds(last), last.has_value());
        EXPECT_EQ(Expected::exact(Revision{3}).holds(last), last.has_value());
        EXPECT_FALSE(Expected::exact(Revision{4}).holds(last));
    }
}

TEST(Commits, durability_has_a_word) {
    EXPECT_EQ(to_string(Durability::durable), "durable");
    EXPECT_EQ(to_string(Durability::buffered), "buffered");
    EXPECT_EQ(to_string(Durability::volatile_), "volatile");
}

}  // namespace
}  // namespace varve
