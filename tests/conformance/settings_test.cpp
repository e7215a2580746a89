#include "conformance/keeping.hpp"
#include "varve/limits.hpp"

namespace varve::conformance {
namespace {

class Settings : public Keeping {};

INSTANTIATE_TEST_SUITE_P(engines, Settings, ::testing::ValuesIn(engines()), engine_name);

TEST_P(Settings, settings_are_events_and_show_only_the_last) {
    append("a-1");
    ASSERT_TRUE(store().keep("a-1", {.max_count = 2, .max_age = std::chrono::hours(24)}));
    ASSERT_TRUE(store().keep("a-1", {.max_count = 3}));
    now_and_reopened([&] {
        const auto seen = read_all(store(), {.source = Stream{"$$a-1"}});
        ASSERT_EQ(seen.size(), 1U);
        EXPECT_EQ(seen[0].revision, Revision{1});
        EXPECT_EQ(seen[0].given.type, "$metadata");
        EXPECT_EQ(seen[0].given.data, R"({"$maxCount":3})");
        EXPECT_EQ(standing("a-1").settings, seen[0].given.data);
        EXPECT_EQ(standing("a-1").settings_revision, Revision{1});
        EXPECT_EQ(store().stream("$$a-1").value()->last, Revision{1});
    });
    EXPECT_EQ(places(store(), {.source = Category{"$$a"}}).size(), 2U);
}

TEST_P(Settings, who_keeps_what_it_read_is_told_when_some_may_be_gone) {
    append("a-1");
    if (!store().removals()) GTEST_SKIP() << "this engine cannot tell";
    EXPECT_EQ(store().removals()->settings, 0U);
    std::uint64_t before = 0;
    const auto moves = [&](const Result<Receipt>& settings) {
        EXPECT_TRUE(settings);
        return std::exchange(before, store().removals()->settings) != before;
    };
    EXPECT_TRUE(moves(store().keep("a-1", {.max_count = 2})));
    EXPECT_FALSE(moves(store().append(Commit{}.append("a-1", Expected::any(), {fact("Happened")}))));
    EXPECT_TRUE(moves(settings("a-2", R"({"$maxCount":1})")));
    EXPECT_TRUE(moves(store().tombstone("a-2")));
    now_and_reopened([&] { EXPECT_NE(store().removals()->settings, 0U); });

    const std::uint64_t compactions = store().removals()->compactions;
    for (int i = 0; i < 3; ++i) append("a-1");
    ASSERT_TRUE(store().compact({.dry_run = true}));
    EXPECT_EQ(store().removals()->compactions, compactions);
    const std::size_t events = places(store(), {}).size();
    ASSERT_TRUE(store().compact());
    const bool removed = places(store(), {}).size() < events;
    EXPECT_EQ(store().removals()->compactions != compactions, removed);
}

TEST_P(Settings, other_members_of_the_settings_stay) {
    fill("a-1", 3);
    ASSERT_TRUE(settings("a-1", R"({"owner": {"name": "Anna \"A\""}, "$maxAge": 60, "list": [1, 2.5, null]})"));
    EXPECT_EQ(standing("a-1").keeps, Retention{.max_age = std::chrono::seconds(60)});
    ASSERT_TRUE(store().keep("a-1", {.max_count = 2}));
    EXPECT_EQ(standing("a-1").settings, R"({"owner":{"name":"Anna \"A\""},"list":[1,2.5,null],"$maxCount":2})");
    ASSERT_TRUE(store().remove("a-1"));
    EXPECT_EQ(standing("a-1").settings,
              R"({"owner":{"name":"Anna \"A\""},"list":[1,2.5,null],"$maxCount":2,"$tb":9223372036854775807})");
    EXPECT_EQ(standing("a-1").keeps.truncate_before, Revision{3});
}

TEST_P(Settings, an_event_by_hand_does_the_same_as_the_methods) {
    fill("a-1", 5);
    const auto replaced = [&](Expected expected, std::string json) {
        return store().append(Commit{}.append("$$a-1", expected, {fact("$metadata", std::move(json))}));
    };
    ASSERT_TRUE(replaced(Expected::none(), R"({"$maxCount":2})"));
    EXPECT_EQ(shown("a-1"), (Revisions{3, 4}));
    ASSERT_TRUE(replaced(Expected::exact(*standing("a-1").settings_revision), R"({"$tb":1,"mine":true})"));
    EXPECT_EQ(shown("a-1"), (Revisions{1, 2, 3, 4}));
    ASSERT_TRUE(settings("a-1", "anything", "$streamDeleted"));
    EXPECT_EQ(standing("a-1").state, StreamState::tombstoned);
}

TEST_P(Settings, what_is_not_understood_is_refused) {
    append("a-1");
    const Position before = store().head();
    for (const char* json : {"", "nothing", "[]", "7", R"({"$maxCount":0})", R"({"$maxCount":-1})",
                             R"({"$maxCount":"5"})", R"({"$maxCount":1.5})", R"({"$maxAge":0})", R"({"$maxAge":null})",
                             R"({"$tb":-1})", R"({"$tb":9223372036854775808})"}) {
        SCOPED_TRACE(json);
        expect_error(settings("a-1", json), Code::invalid_argument, {"event 1"});
    }
    expect_error(settings("a-1", "{}", "Happened"), Code::invalid_argument, {"$$a-1", "$metadata"});
    expect_error(settings("", "{}"), Code::invalid_argument, {"$$"});
    expect_error(settings("$$a-1", "{}"), Code::invalid_argument, {"settings of settings"});
    expect_error(store().keep("$$a-1", {.max_count = 1}), Code::invalid_argument, {"settings of settings"});
    expect_error(store().remove(""), Code::invalid_argument);
    expect_error(store().tombstone(std::string(limits::stream_name_bytes - 1, 's')), Code::invalid_argument);
    expect_error(store().keep("a-1", {.max_count = 0}), Code::invalid_argument, {"$maxCount 0"});
    expect_error(store().keep("a-1", {.max_age = std::chrono::seconds(0)}), Code::invalid_argument, {"max_age"});
    expect_error(store().retention(""), Code::invalid_argument);
    Commit after;
    after.append("$$a-1", Expected::any(), {fact("$streamDeleted")});
    after.append("a-1", Expected::any(), {fact("Happened")});
    expect_error(store().append(std::move(after)), Code::invalid_argument, {"event 2", "tombstone"});
    EXPECT_EQ(store().head(), before);
    EXPECT_TRUE(settings("a-1", R"({"$tb":9223372036854775807,"$maxCount":9223372036854775807})"));
}

}  // namespace
}  // namespace varve::conformance
