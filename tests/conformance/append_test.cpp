#include "conformance/suite.hpp"

namespace varve::conformance {
namespace {

class Appending : public Conformance {};

INSTANTIATE_TEST_SUITE_P(engines, Appending, ::testing::ValuesIn(engines()), engine_name);

TEST_P(Appending, an_empty_store_has_head_zero_and_nothing_to_read) {
    EXPECT_EQ(store().head(), Position{0});
    EXPECT_TRUE(read_all(store()).empty());
    EXPECT_TRUE(read_all(store(), {.source = Stream{"a-1"}}).empty());
    EXPECT_TRUE(read_all(store(), {.source = Category{"a"}}).empty());
    const auto info = store().info().value();
    EXPECT_EQ(info.events, 0U);
    EXPECT_EQ(info.commits, 0U);
    EXPECT_FALSE(info.first_time);
    EXPECT_FALSE(info.last_time);
    EXPECT_TRUE(EventId::parse(info.id)) << info.id;
    EXPECT_EQ(info.durability, GetParam().durability);
}

TEST_P(Appending, a_receipt_says_where_when_and_how_durable) {
    const Receipt first = append("a-1");
    EXPECT_EQ(first.first, Position{0});
    EXPECT_EQ(first.last, Position{0});
    EXPECT_EQ(first.durability, GetParam().durability);
    EXPECT_EQ(first.streams, (std::vector<Receipt::StreamRevision>{{"a-1", Revision{0}}}));

    const Receipt second = store()
                               .append(Commit{}
                                           .append("b-1", Expected::none(), {fact("One"), fact("Two")})
                                           .append("a-1", Expected::exact(Revision{0}), {fact("Three")})
                                           .append("b-1", Expected::none(), {fact("Four")}))
                               .value();
    EXPECT_EQ(second.first, Position{1});
    EXPECT_EQ(second.last, Position{4});
    EXPECT_GE(second.time, first.time);
    EXPECT_EQ(second.streams, (std::vector<Receipt::StreamRevision>{{"b-1", Revision{2}}, {"a-1", Revision{1}}}));

    const auto events = read_all(store(), {.from = second.first});
    ASSERT_EQ(events.size(), 4U);
    for (const Seen& event : events) EXPECT_EQ(event.created, second.time);
    EXPECT_EQ(events[2].given.stream, "a-1");
    EXPECT_EQ(events[2].revision, Revision{1});
    EXPECT_EQ(events[3].revision, Revision{2});
}

}  // namespace
}  // namespace varve::conformance
