#include "wire/events.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace varve::wire {
namespace {

Selection again(const Selection& selection) {
    v1::Selection message;
    put(selection, message);
    return selection_of(message).value();
}

TEST(WireEvents, selections_come_back_as_they_went) {
    for (const Source& source : {Source(All{}), Source(Stream{"s"}), Source(Category{""}),
                                 Source(Query{{{.types = {"T"}, .tags = {"x", "y"}}}})}) {
        EXPECT_EQ(again({.source = source}).source, source);
    }
    const Selection bounded = again({.direction = Direction::backward,
                                     .from = Position{0},
                                     .until = Position{9},
                                     .from_revision = Revision{0},
                                     .until_revision = Revision{4},
                                     .as_of = parse_timestamp("2026-11-23T07:51:09.5Z"),
                                     .limit = 0});
    EXPECT_EQ(bounded.direction, Direction::backward);
    EXPECT_EQ(bounded.from, Position{0});
    EXPECT_EQ(bounded.until, Position{9});
    EXPECT_EQ(bounded.from_revision, Revision{0});
    EXPECT_EQ(bounded.until_revision, Revision{4});
    EXPECT_EQ(bounded.as_of, parse_timestamp("2026-11-23T07:51:09.5Z"));
    EXPECT_EQ(bounded.limit, 0U);
    EXPECT_EQ(again({}).limit, no_limit);
    EXPECT_FALSE(selection_of(v1::Selection()).ok());
}

TEST(WireEvents, events_come_back_as_they_went) {
    const std::string packed = std::string("\x01x", 2) + std::string("\x03vip", 4);
    Event event{};
    event.position = Position{7};
    event.revision = Revision{2};
    event.id = EventId::random();
    event.created = parse_timestamp("2026-11-23T07:51:09.000001Z").value();
    event.stream = "s";
    event.type = "T";
    event.content_type = "text/plain";
    event.data = std::string_view("a\0b", 3);
    event.metadata = "m";
    event.tags = Tags(packed);
    v1::Event message;
    put(event, message);
    std::string tags;
    const Event read = event_of(message, tags).value();
    EXPECT_EQ(read.position, event.position);
    EXPECT_EQ(read.revision, event.revision);
    EXPECT_EQ(read.id, event.id);
    EXPECT_EQ(read.created, event.created);
    EXPECT_EQ(read.data, event.data);
    EXPECT_EQ(read.content_type, event.content_type);
    EXPECT_EQ(read.tags.packed(), packed);
    message.set_id("short");
    EXPECT_EQ(event_of(message, tags).error().code, Code::data_loss);
}

}  // namespace
}  // namespace varve::wire
