// Every named maximum: at it works, one over is refused, and the message names event, thing and limit.
#include "conformance/suite.hpp"

namespace varve::conformance {
namespace {

class Limiting : public Conformance {
protected:
    Result<Receipt> store_one(NewEvent event) { return store().append({.events = {std::move(event)}}); }
    /// Nothing may come of a refused commit.
    void expect_refused(const Result<Receipt>& outcome, const std::vector<std::string>& words) {
        expect_error(outcome, Code::invalid_argument, words);
        EXPECT_EQ(store().head(), expected_head_);
    }
    void expect_stored(const Result<Receipt>& outcome) {
        ASSERT_TRUE(outcome) << outcome.error();
        expected_head_ = outcome->last + 1;
    }
    Position expected_head_;
};

INSTANTIATE_TEST_SUITE_P(engines, Limiting, ::testing::ValuesIn(engines()), engine_name);

std::string x(std::size_t count) {
    return std::string(count, 'x');
}

TEST_P(Limiting, names_at_and_over_their_limits) {
    expect_stored(store_one({.stream = x(limits::stream_name_bytes), .type = "T"}));
    expect_refused(store_one({.stream = x(limits::stream_name_bytes + 1), .type = "T"}),
                   {"event 1", "stream", "513", "512"});
    expect_stored(store_one({.stream = "s", .type = x(limits::type_name_bytes)}));
    expect_refused(store_one({.stream = "s", .type = x(limits::type_name_bytes + 1)}),
                   {"event 1", "type", "257", "256"});
    expect_stored(store_one({.stream = "s", .type = "T", .content_type = x(limits::content_type_bytes)}));
    expect_refused(store_one({.stream = "s", .type = "T", .content_type = x(limits::content_type_bytes + 1)}),
                   {"event 1", "content type", "129", "128"});
    expect_stored(store_one({.stream = "s", .type = "T", .tags = {x(limits::tag_bytes)}}));
    expect_refused(store_one({.stream = "s", .type = "T", .tags = {"fine", x(limits::tag_bytes + 1)}}),
                   {"event 1", "tag 2", "256", "255"});
    const std::string longest = x(limits::stream_name_bytes);
    EXPECT_EQ(places(store(), {.source = Stream{longest}}), (std::vector<std::uint64_t>{0}));
    EXPECT_EQ(store().stream(longest).value()->last, Revision{0});
    EXPECT_EQ(store().streams("xx").value().at(0).name, longest);
}

TEST_P(Limiting, empty_names) {
    expect_refused(store_one({.stream = "", .type = "T"}), {"event 1", "stream", "empty"});
    expect_refused(store_one({.stream = "s", .type = ""}), {"event 1", "type", "empty"});
    expect_refused(store_one({.stream = "s", .type = "T", .tags = {""}}), {"event 1", "tag 1", "empty"});
    expect_refused(store_one({.stream = "s", .type = "T", .content_type = ""}), {"event 1", "content type", "empty"});
}

TEST_P(Limiting, names_are_utf8_without_control_characters) {
    for (const std::string bad : {"\xff", "a\xc3", "\xed\xa0\x80", "\xc0\xaf", "\xf5\x80\x80\x80"}) {
        expect_refused(store_one({.stream = bad, .type = "T"}), {"stream", "UTF-8"});
        expect_refused(store_one({.stream = "s", .type = bad}), {"type", "UTF-8"});
        expect_refused(store_one({.stream = "s", .type = "T", .tags = {bad}}), {"tag 1", "UTF-8"});
    }
    for (const std::string& bad :
         {std::string("a\0b", 3), std::string("a\nb"), std::string("\x7f"), std::string("\xc2\x85")}) {
        expect_refused(store_one({.stream = bad, .type = "T"}), {"stream", "control character"});
        expect_refused(store_one({.stream = "s", .type = bad}), {"type", "control character"});
    }
    expect_stored(store_one({.stream = "na\xc3\xafve \xf0\x9f\x98\x80", .type = "\xc2\xa0"}));
}

TEST_P(Limiting, the_bad_event_is_named_by_its_number) {
    Commit commit = Commit{}.append("s", Expected::any(), {fact("A"), fact("B"), fact("C")});
    commit.events[2].tags = {"t", "t"};
    expect_refused(store().append(commit), {"event 3 of 3", "'C'", "tag 2", "'t'", "repeat"});
}

TEST_P(Limiting, counts) {
    NewEvent event{.stream = "s", .type = "T"};
    for (std::size_t n = 0; n <= limits::tags_per_event; ++n) event.tags.push_back(std::to_string(n));
    expect_refused(store_one(event), {"tags", "65", "64"});
    event.tags.pop_back();
    expect_stored(store_one(event));

    expect_refused(store().append(Commit{}), {"no event"});
    Commit conditions_only;
    conditions_only.conditions.emplace_back(StreamIs{"s", Expected::exists()});
    expect_refused(store().append(conditions_only), {"no event"});
    std::vector<NewEvent> many(limits::events_per_commit + 1, fact("T", ""));
    expect_refused(store().append(Commit{}.append("s", Expected::any(), std::move(many))),
                   {"65537", "65536", "events"});

    Commit conditions = Commit{}.append("s", Expected::any(), {fact("T")});
    conditions.conditions.assign(limits::conditions_per_commit, StreamIs{"s", Expected::exists()});
    expect_stored(store().append(conditions));
    conditions.conditions.emplace_back(StreamIs{"s", Expected::exists()});
    expect_refused(store().append(conditions), {"1025", "1024", "conditions"});
    conditions.conditions.assign(1, StreamIs{"", Expected::exists()});
    expect_refused(store().append(conditions), {"condition 1", "empty"});
}

TEST_P(Limiting, sizes) {
    expect_stored(store_one({.stream = "s", .type = "T", .metadata = x(limits::metadata_bytes)}));
    expect_refused(store_one({.stream = "s", .type = "T", .metadata = x(limits::metadata_bytes + 1)}),
                   {"event 1", "metadata", std::to_string(limits::metadata_bytes)});
    NewEvent event{.stream = "s", .type = "T", .content_type = "c"};
    event.data = x(limits::event_bytes - 3);
    expect_stored(store_one(event));
    event.data += 'x';
    expect_refused(store_one(event),
                   {"event 1", std::to_string(limits::event_bytes + 1), std::to_string(limits::event_bytes)});

    std::vector<NewEvent> two(2, fact("T", x(limits::commit_bytes / 2)));
    expect_refused(store().append(Commit{}.append("s", Expected::any(), two)),
                   {"commit", std::to_string(limits::commit_bytes)});
}

TEST_P(Limiting, an_id_twice_in_one_commit) {
    const EventId id = EventId::random();
    NewEvent one{.stream = "s", .type = "T", .id = id};
    NewEvent other{.stream = "t", .type = "U", .id = id};
    NewEvent between{.stream = "s", .type = "T"};
    expect_refused(store().append({.events = {one, between, other}}), {"event 3", "event 1", id.to_string()});
    expect_stored(store().append({.events = {one, between}}));
    EXPECT_EQ(read_all(store()).at(0).given.id, id);
}

}  // namespace
}  // namespace varve::conformance
