#include "wire/commits.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace varve::wire {
namespace {

TEST(WireCommits, come_back_as_they_went) {
    const EventId id = EventId::random();
    Commit commit;
    commit.append("a", Expected::exact(Revision{3}),
                  {{.type = "T", .data = "\x00\xff", .metadata = "m", .tags = {"x", "y"}, .id = id}});
    commit.append("b", Expected::none(), {{.type = "U", .data = "{}", .content_type = "text/plain"}});
    commit.conditions.emplace_back(StreamIs{"c", Expected::exists()});
    commit.unless({{{.types = {"T"}, .tags = {"x"}}, {.types = {}, .tags = {"z"}}}}, Position{7});
    commit.unless({{{.types = {"U"}}}});
    commit.command_id = "c1";
    commit.repeats = Repeats::unchecked;
    v1::AppendRequest message;
    put(commit, message);
    const Commit again = commit_of(std::move(message)).value();
    ASSERT_EQ(again.events.size(), 2U);
    EXPECT_EQ(again.events[0].stream, "a");
    EXPECT_EQ(again.events[0].data, commit.events[0].data);
    EXPECT_EQ(again.events[0].tags, commit.events[0].tags);
    EXPECT_EQ(again.events[0].id, id);
    EXPECT_EQ(again.events[0].content_type, json_content);
    EXPECT_EQ(again.events[1].content_type, "text/plain");
    EXPECT_TRUE(again.events[1].id.is_nil());
    ASSERT_EQ(again.conditions.size(), 5U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(std::get<StreamIs>(again.conditions[i]).stream, std::get<StreamIs>(commit.conditions[i]).stream);
        EXPECT_EQ(std::get<StreamIs>(again.conditions[i]).expected, std::get<StreamIs>(commit.conditions[i]).expected);
    }
    for (std::size_t i = 3; i < 5; ++i) {
        EXPECT_EQ(std::get<NoEventMatches>(again.conditions[i]).query,
                  std::get<NoEventMatches>(commit.conditions[i]).query);
        EXPECT_EQ(std::get<NoEventMatches>(again.conditions[i]).after,
                  std::get<NoEventMatches>(commit.conditions[i]).after);
    }
    EXPECT_EQ(again.command_id, "c1");
    EXPECT_EQ(again.repeats, Repeats::unchecked);
}

TEST(WireCommits, what_says_nothing_is_refused) {
    v1::AppendRequest half_an_id;
    half_an_id.add_events()->set_id("12345678");
    EXPECT_EQ(commit_of(std::move(half_an_id)).error().code, Code::invalid_argument);
    v1::AppendRequest no_condition;
    no_condition.add_conditions();
    EXPECT_EQ(commit_of(std::move(no_condition)).error().code, Code::invalid_argument);
}

TEST(WireCommits, receipts_come_back_as_they_went) {
    const Receipt receipt{.first = Position{5},
                          .last = Position{7},
                          .time = parse_timestamp("1969-07-20T20:17:40.000001Z").value(),
                          .durability = Durability::buffered,
                          .streams = {{"a", Revision{2}}, {"b", Revision{0}}},
                          .repeated = true};
    v1::Receipt message;
    put(receipt, message);
    EXPECT_EQ(receipt_of(message), receipt);
}

}  // namespace
}  // namespace varve::wire
