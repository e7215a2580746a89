#include "server/kurrent/appending.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace varve::kurrent {
namespace {

NewEvent event(const EventId& id = EventId::random(), std::string data = "{}") {
    return {.type = "T", .data = std::move(data), .id = id};
}

class AppendingTest : public ::testing::Test {
public:
    AppendOutcome put(const std::string& stream, Expected expected, std::vector<NewEvent> events) {
        std::optional<AppendOutcome> outcome;
        append(store, {stream, expected, std::move(events)}, [&](AppendOutcome of) { outcome = std::move(of); });
        // In memory everything is done before append returns.
        return std::move(outcome).value();
    }
    /// The revision after an append that is to succeed.
    std::optional<Revision> revision(const AppendOutcome& outcome) {
        const auto* appended = std::get_if<Appended>(&outcome);
        EXPECT_NE(appended, nullptr) << "index " << outcome.index();
        return appended != nullptr ? appended->revision : std::nullopt;
    }
    void write_settings(const std::string& stream, std::string json) {
        store.append(Commit{}.append("$$" + stream, Expected::any(), {{.type = "$metadata", .data = std::move(json)}}))
            .value();
    }
    void soft_delete(const std::string& stream) { write_settings(stream, R"({"$tb":9223372036854775807})"); }
    std::string settings(const std::string& stream) { return store.retention(stream).value().settings; }
    std::uint64_t count(const std::string& stream) {
        std::uint64_t events = 0;
        auto cursor = store.read({.source = Stream{stream}}).value();
        while (cursor.next() != nullptr) ++events;
        return events;
    }

    Store store = varve::open("memory:").value();
};

TEST_F(AppendingTest, answers_the_revision_and_the_position_of_the_last_event) {
    store.append(Commit{}.append("other", Expected::any(), {event(), event()})).value();
    const auto outcome = put("s", Expected::none(), {event(), event()});
    EXPECT_EQ(revision(outcome), Revision{1});
    EXPECT_EQ(std::get<Appended>(outcome).position, Position{3});
}

TEST_F(AppendingTest, an_expectation_that_fails_tells_where_the_stream_is) {
    put("s", Expected::none(), {event(), event()});
    for (const Expected expected : {Expected::none(), Expected::exact(Revision{0}), Expected::exact(Revision{7})}) {
        const auto outcome = put("s", expected, {event()});
        ASSERT_TRUE(std::holds_alternative<WrongVersion>(outcome)) << expected.to_string();
        EXPECT_EQ(std::get<WrongVersion>(outcome).actual, Revision{1});
    }
    const auto absent = put("t", Expected::exact(Revision{0}), {event()});
    ASSERT_TRUE(std::holds_alternative<WrongVersion>(absent));
    EXPECT_EQ(std::get<WrongVersion>(absent).actual, std::nullopt);
    EXPECT_TRUE(std::holds_alternative<WrongVersion>(put("t", Expected::exists(), {event()})));
}

TEST_F(AppendingTest, a_stream_exists_that_has_only_metadata) {
    write_settings("s", R"({"owner":"me"})");
    EXPECT_EQ(revision(put("s", Expected::exists(), {event()})), Revision{0});
    EXPECT_EQ(revision(put("s", Expected::exists(), {})), Revision{0});
}

TEST_F(AppendingTest, a_repeat_is_answered_as_the_original_was) {
    const std::vector<NewEvent> two{event(), event()};
    const auto first = put("s", Expected::none(), two);
    put("s", Expected::any(), {event()});
    for (const Expected expected : {Expected::none(), Expected::any(), Expected::exists()}) {
        const auto again = put("s", expected, two);
        EXPECT_EQ(revision(again), Revision{1}) << expected.to_string();
        EXPECT_EQ(std::get<Appended>(again).position, std::get<Appended>(first).position);
    }
    EXPECT_EQ(count("s"), 3U);
}

TEST_F(AppendingTest, only_ids_tell_repeats) {
    const EventId id = EventId::random();
    put("s", Expected::none(), {event(id, "1")});
    EXPECT_EQ(revision(put("s", Expected::any(), {event(id, "2")})), Revision{0});
    EXPECT_EQ(count("s"), 1U);
}

TEST_F(AppendingTest, where_the_stream_is_as_expected_the_same_id_is_written_again) {
    const NewEvent one = event();
    put("s", Expected::none(), {one});
    EXPECT_EQ(revision(put("s", Expected::exact(Revision{0}), {one})), Revision{1});
    EXPECT_EQ(revision(put("s", Expected::exact(Revision{0}), {one})), Revision{1}) << "now it is a repeat";
    EXPECT_EQ(count("s"), 2U);
}

TEST_F(AppendingTest, of_a_part_that_is_there_the_first_id_decides) {
    const NewEvent known = event();
    put("s", Expected::none(), {known});
    EXPECT_TRUE(std::holds_alternative<WrongVersion>(put("s", Expected::any(), {known, event()})));
    EXPECT_EQ(count("s"), 1U);
    EXPECT_EQ(revision(put("s", Expected::any(), {event(), known})), Revision{2}) << "everything is written";
    EXPECT_TRUE(std::holds_alternative<WrongVersion>(put("s", Expected::none(), {known, event()})));
}

TEST_F(AppendingTest, an_id_of_another_stream_is_no_repeat) {
    const NewEvent one = event();
    put("s", Expected::none(), {one});
    EXPECT_EQ(revision(put("t", Expected::any(), {one})), Revision{0});
    EXPECT_EQ(revision(put("u", Expected::none(), {one})), Revision{0});
}

TEST_F(AppendingTest, no_events_only_look_whether_the_stream_is_as_expected) {
    EXPECT_EQ(revision(put("s", Expected::none(), {})), std::nullopt);
    put("s", Expected::none(), {event()});
    EXPECT_EQ(revision(put("s", Expected::any(), {})), Revision{0});
    EXPECT_EQ(revision(put("s", Expected::exact(Revision{0}), {})), Revision{0});
    EXPECT_TRUE(std::holds_alternative<WrongVersion>(put("s", Expected::none(), {})));
    EXPECT_EQ(count("s"), 1U);
}

TEST_F(AppendingTest, a_deleted_stream_goes_on_and_its_metadata_says_from_where) {
    put("s", Expected::none(), {event(), event()});
    write_settings("s", R"({"$tb":9223372036854775807,"owner":"me"})");
    EXPECT_TRUE(std::holds_alternative<Deleted>(put("s", Expected::exists(), {event()})));
    EXPECT_TRUE(std::holds_alternative<WrongVersion>(put("s", Expected::exact(Revision{0}), {event()})));
    const auto outcome = put("s", Expected::none(), {event()});
    EXPECT_EQ(revision(outcome), Revision{2});
    EXPECT_EQ(std::get<Appended>(outcome).position, store.head() - 1);
    EXPECT_EQ(settings("s"), R"({"owner":"me","$tb":2})");
    EXPECT_EQ(count("s"), 1U);
    soft_delete("s");
    EXPECT_EQ(revision(put("s", Expected::exact(Revision{2}), {event()})), Revision{3});
    soft_delete("s");
    EXPECT_EQ(revision(put("s", Expected::any(), {event()})), Revision{4});
    EXPECT_EQ(settings("s"), R"({"$tb":4})");
}

TEST_F(AppendingTest, a_tombstone_ends_a_stream) {
    put("s", Expected::none(), {event()});
    store.tombstone("s").value();
    for (const Expected expected :
         {Expected::none(), Expected::any(), Expected::exists(), Expected::exact(Revision{0})}) {
        EXPECT_TRUE(std::holds_alternative<Deleted>(put("s", expected, {event()}))) << expected.to_string();
        EXPECT_TRUE(std::holds_alternative<Deleted>(put("s", expected, {}))) << expected.to_string();
    }
}

TEST_F(AppendingTest, what_the_store_refuses_is_its_error) {
    const auto outcome = put("s\n", Expected::any(), {event()});
    ASSERT_TRUE(std::holds_alternative<Error>(outcome));
    EXPECT_EQ(std::get<Error>(outcome).code, Code::invalid_argument);
}

}  // namespace
}  // namespace varve::kurrent
