#include <set>

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
    EXPECT_TRUE(read_all(store(), {.direction = Direction::backward}).empty());
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

    Commit commit;
    commit.append("b-1", Expected::none(), {fact("One"), fact("Two")})
        .append("a-1", Expected::exact(Revision{0}), {fact("Three")})
        .append("b-1", Expected::none(), {fact("Four")});
    const Receipt second = store().append(std::move(commit)).value();
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

TEST_P(Appending, positions_and_revisions_are_dense_and_times_never_go_back) {
    for (int n = 0; n < 300; ++n) append("s-" + std::to_string(n % 7));
    EXPECT_EQ(store().head(), Position{300});
    const auto events = read_all(store());
    ASSERT_EQ(events.size(), 300U);
    for (std::size_t n = 0; n < events.size(); ++n) {
        EXPECT_EQ(events[n].position, Position{n});
        EXPECT_EQ(events[n].revision, Revision{n / 7});
        if (n != 0) {
            EXPECT_GE(events[n].created, events[n - 1].created);
        }
    }
    const auto info = store().info().value();
    EXPECT_EQ(info.events, 300U);
    EXPECT_EQ(info.commits, 300U);
    EXPECT_EQ(info.first_time, events.front().created);
    EXPECT_EQ(info.last_time, events.back().created);
}

TEST_P(Appending, what_comes_out_is_what_went_in) {
    std::string all_bytes;
    for (int byte = 0; byte < 256; ++byte) all_bytes += static_cast<char>(byte);
    std::vector<std::string> many_tags;
    for (std::size_t n = 0; n < limits::tags_per_event; ++n) many_tags.push_back("tag:" + std::to_string(n));
    const std::vector<NewEvent> given = {
        {.stream = "r-1", .type = "Plain", .data = R"({"a":1})"},
        {.stream = "r-1", .type = "Empty"},
        {.stream = "r-1", .type = "Binary", .data = all_bytes, .content_type = std::string(octet_content)},
        {.stream = "r-1", .type = "Metadata", .data = "x", .metadata = all_bytes},
        {.stream = "r-1", .type = "Tags", .tags = {"z", "a", std::string(limits::tag_bytes, 't')}},
        {.stream = "r-1", .type = "ManyTags", .tags = many_tags},
        {.stream = "\xc3\xa9t\xc3\xa9-\xe2\x82\xac",
         .type = "\xf0\x9f\x98\x80",
         .content_type = "text/plain; charset=utf-8"},
        {.stream = "r-1", .type = "Id", .id = EventId::parse("01234567-89ab-cdef-0123-456789abcdef").value()},
        {.stream = "-", .type = "-"},
    };
    ASSERT_TRUE(store().append({.events = given}));
    const auto check = [&] {
        const auto events = read_all(store());
        ASSERT_EQ(events.size(), given.size());
        for (std::size_t n = 0; n < given.size(); ++n) {
            NewEvent want = given[n];
            EXPECT_FALSE(events[n].given.id.is_nil());
            if (want.id.is_nil()) want.id = events[n].given.id;
            EXPECT_TRUE(same(events[n].given, want)) << events[n];
        }
    };
    check();
    if (GetParam().can_reopen) {
        reopen();
        check();
    }
}

TEST_P(Appending, drawn_ids_are_all_different) {
    std::vector<NewEvent> facts(500, fact("Happened"));
    ASSERT_TRUE(store().append(Commit{}.append("a-1", Expected::any(), facts)));
    std::set<EventId> ids;
    for (const Seen& event : read_all(store())) ids.insert(event.given.id);
    EXPECT_EQ(ids.size(), 500U);
}

TEST_P(Appending, tags_are_walked_and_found) {
    ASSERT_TRUE(store().append({.events = {{.stream = "a-1", .type = "T", .tags = {"one", "two"}}}}));
    auto cursor = store().read({}).value();
    const Event* event = cursor.next();
    ASSERT_NE(event, nullptr);
    EXPECT_TRUE(event->tags.contains("one"));
    EXPECT_TRUE(event->tags.contains("two"));
    EXPECT_FALSE(event->tags.contains("on"));
    EXPECT_EQ(std::vector<std::string>(event->tags.begin(), event->tags.end()),
              (std::vector<std::string>{"one", "two"}));
}

TEST_P(Appending, the_biggest_commits_fit) {
    NewEvent big = fact("Big", std::string(limits::event_bytes - 100, 'x'));
    ASSERT_TRUE(store().append(Commit{}.append("big-1", Expected::none(), {big})));
    ASSERT_TRUE(store().append(
        Commit{}.append("many-1", Expected::none(), std::vector<NewEvent>(limits::events_per_commit, fact("M", "")))));
    EXPECT_EQ(store().head(), Position{1 + limits::events_per_commit});
    EXPECT_EQ(read_all(store(), {.source = Stream{"big-1"}}).at(0).given.data, big.data);
    EXPECT_EQ(store().stream("many-1").value()->last, Revision{limits::events_per_commit - 1});
}

}  // namespace
}  // namespace varve::conformance
