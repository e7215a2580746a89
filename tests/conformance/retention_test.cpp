#include "conformance/keeping.hpp"
#include "varve/json_value.hpp"

namespace varve::conformance {
namespace {

INSTANTIATE_TEST_SUITE_P(engines, Keeping, ::testing::ValuesIn(engines()), engine_name);

TEST_P(Keeping, without_settings_everything_is_kept) {
    EXPECT_EQ(standing("a-1"), StreamRetention{});
    fill("a-1", 3);
    const StreamRetention all{.state = StreamState::live, .first = Revision{0}, .last = Revision{2}};
    EXPECT_EQ(standing("a-1"), all);
    ASSERT_TRUE(store().keep("other-1", {.max_count = 1}));
    now_and_reopened([&] {
        EXPECT_EQ(standing("a-1"), all);
        EXPECT_EQ(shown("a-1"), (Revisions{0, 1, 2}));
    });
}

TEST_P(Keeping, max_count_shows_the_last_so_many) {
    fill("a-1", 5);
    const Receipt receipt = store().keep("a-1", {.max_count = 3}).value();
    EXPECT_EQ(receipt.first, Position{5});
    EXPECT_EQ(receipt.streams, (std::vector<Receipt::StreamRevision>{{"$$a-1", Revision{0}}}));
    EXPECT_EQ(receipt.durability, GetParam().durability);
    now_and_reopened([&] {
        const Revision last = *standing("a-1").last;
        EXPECT_EQ(shown("a-1"), (Revisions{last.value - 2, last.value - 1, last.value}));
        EXPECT_EQ(standing("a-1").first, last - 2);
        EXPECT_EQ(standing("a-1").keeps, Retention{.max_count = 3});
        append("a-1");
        EXPECT_EQ(shown("a-1"), (Revisions{last.value - 1, last.value, last.value + 1}));
    });
    ASSERT_TRUE(store().keep("a-1", {.max_count = 100}));
    EXPECT_EQ(shown("a-1").front(), 0U) << "loosened: nothing was taken yet";
}

TEST_P(Keeping, settings_may_come_before_the_stream) {
    ASSERT_TRUE(store().keep("a-1", {.max_count = 1, .truncate_before = Revision{100}}));
    EXPECT_EQ(standing("a-1").state, StreamState::absent);
    EXPECT_EQ(standing("a-1").keeps, (Retention{.max_count = 1, .truncate_before = Revision{0}}))
        << "nothing was there to be removed";
    EXPECT_TRUE(try_append("a-1", Expected::none()));
    append("a-1");
    EXPECT_EQ(shown("a-1"), Revisions{1});
}

TEST_P(Keeping, truncation_removes_what_is_below_and_nothing_that_comes_later) {
    fill("a-1", 5);
    ASSERT_TRUE(store().keep("a-1", {.truncate_before = Revision{2}}));
    EXPECT_EQ(shown("a-1"), (Revisions{2, 3, 4}));
    ASSERT_TRUE(store().keep("a-1", {.truncate_before = Revision{4}}));
    EXPECT_EQ(shown("a-1"), Revisions{4});
    ASSERT_TRUE(settings("a-1", R"({"$tb": 100})"));
    EXPECT_EQ(standing("a-1").state, StreamState::deleted);
    append("a-1");
    now_and_reopened([&] {
        EXPECT_EQ(shown("a-1"), Revisions{5});
        EXPECT_EQ(standing("a-1").keeps.truncate_before, Revision{5});
    });
    ASSERT_TRUE(store().keep("a-1", {.max_count = 10}));
    EXPECT_EQ(shown("a-1"), Revisions{5}) << "an absent truncate_before leaves removed what is";
    ASSERT_TRUE(store().keep("a-1", {.truncate_before = Revision{0}}));
    EXPECT_EQ(shown("a-1"), (Revisions{0, 1, 2, 3, 4, 5}));
    EXPECT_EQ(standing("a-1").keeps, Retention{}) << "an absent max_count is no bound any more";
}

TEST_P(Keeping, reads_with_bounds_begin_where_the_kept_events_do) {
    fill("a-1", 10);
    const Position head = store().head();
    ASSERT_TRUE(store().keep("a-1", {.max_count = 4}));
    const auto source = Stream{"a-1"};
    const auto places_of = [&](Selection selection) {
        selection.source = source;
        return places(store(), selection);
    };
    using Places = std::vector<std::uint64_t>;
    EXPECT_EQ(places_of({.from_revision = Revision{2}}), (Places{6, 7, 8, 9}));
    EXPECT_EQ(places_of({.from = Position{3}, .limit = 2}), (Places{6, 7}));
    EXPECT_EQ(places_of({.until_revision = Revision{7}}), (Places{6, 7}));
    EXPECT_EQ(places_of({.until_revision = Revision{5}}), Places{});
    EXPECT_EQ(places_of({.direction = Direction::backward, .from_revision = Revision{7}}), (Places{7, 6}));
    EXPECT_EQ(places_of({.direction = Direction::backward, .from_revision = Revision{3}}), Places{});
    EXPECT_EQ(places_of({.until = head - 1}).size(), 4U);
}

TEST_P(Keeping, a_deleted_stream_counts_as_absent_and_goes_on) {
    fill("a-1", 3);
    append("b-1");
    const Receipt receipt = store().remove("a-1").value();
    EXPECT_EQ(receipt.first, Position{4});
    now_and_reopened([&] {
        EXPECT_EQ(shown("a-1"), Revisions{});
        EXPECT_EQ(store().stream("a-1").value(), std::nullopt);
        EXPECT_EQ(standing("a-1").state, StreamState::deleted);
        EXPECT_EQ(standing("a-1").first, std::nullopt);
        EXPECT_EQ(standing("a-1").last, Revision{2});
        const auto exists = try_append("a-1", Expected::exists());
        expect_error(exists, Code::aborted, {"a-1", "deleted", "revision 2"});
        EXPECT_EQ(exists.error().conflict->state, StreamState::deleted);
        EXPECT_EQ(exists.error().conflict->actual, Revision{2});
        expect_error(try_append("a-1", Expected::exact(Revision{1})), Code::aborted);
    });
    const auto again = try_append("a-1", Expected::none());
    ASSERT_TRUE(again) << again.error();
    EXPECT_EQ(again->streams.front().last, Revision{3});
    now_and_reopened([&] {
        EXPECT_EQ(shown("a-1"), Revisions{3});
        EXPECT_EQ(standing("a-1").state, StreamState::live);
        EXPECT_EQ(store().stream("a-1").value()->last, Revision{3});
        expect_error(try_append("a-1", Expected::none()), Code::aborted);
    });
    ASSERT_TRUE(store().remove("a-1", Expected::exact(Revision{3})));
    EXPECT_TRUE(try_append("a-1", Expected::exact(Revision{3}))) << "the last revision still counts";
    EXPECT_EQ(shown("a-1"), Revisions{4});
}

TEST_P(Keeping, a_removal_is_decided_at_its_place_in_the_order) {
    fill("a-1", 2);
    expect_error(store().remove("a-1", Expected::exact(Revision{0})), Code::aborted, {"a-1", "revision 1"});
    expect_error(store().remove("a-1", Expected::none()), Code::aborted, {"a-1"});
    expect_error(store().remove("absent-1"), Code::not_found, {"absent-1"});
    expect_error(store().remove("absent-1", Expected::exists()), Code::aborted, {"absent-1"});
    EXPECT_EQ(store().head(), Position{2}) << "nothing was written";
    ASSERT_TRUE(store().remove("a-1", Expected::exists()));
    expect_error(store().remove("a-1", Expected::exists()), Code::aborted, {"deleted"});
    EXPECT_TRUE(store().remove("a-1")) << "twice is once";
    EXPECT_EQ(standing("a-1").last, Revision{1});
    // In one commit: what comes before the settings is removed, what comes after them is not.
    Commit commit;
    commit.append("a-1", Expected::any(), {fact("Before"), fact("Before")});
    commit.append("$$a-1", Expected::any(), {fact("$metadata", R"({"$tb":9223372036854775807})")});
    commit.append("a-1", Expected::any(), {fact("After")});
    ASSERT_TRUE(store().append(std::move(commit)));
    now_and_reopened([&] { EXPECT_EQ(shown("a-1"), Revisions{4}); });
}

TEST_P(Keeping, removals_and_appends_from_many_threads_agree_with_the_order) {
    constexpr int rounds = 40;
    append("a-1");
    in_parallel(4, [&](int thread) {
        for (int round = 0; round < rounds; ++round) {
            if (thread == 0) {
                EXPECT_TRUE(store().remove("a-1"));
            } else if (thread == 1) {
                EXPECT_TRUE(store().keep("a-1", {.max_count = 1000}));
            } else {
                EXPECT_TRUE(try_append("a-1", Expected::any()));
            }
        }
    });
    Revision next;
    Revision first;
    for (const Seen& event : read_all(store())) {
        if (event.given.stream == "a-1") {
            ++next;
        } else {
            const auto json = parse_json(event.given.data).value();
            const auto tb = json.root().find("$tb");
            if (tb) first = std::min(next, Revision{tb->as_uint64().value()});
        }
    }
    now_and_reopened([&] {
        Revisions expected;
        for (Revision revision = first; revision < next; ++revision) expected.push_back(revision.value);
        EXPECT_EQ(shown("a-1"), expected);
    });
}

TEST_P(Keeping, a_tombstone_ends_a_stream_for_ever) {
    fill("a-1", 3);
    ASSERT_TRUE(store().keep("a-1", {.max_count = 2}));
    expect_error(store().tombstone("a-1", Expected::exact(Revision{0})), Code::aborted);
    expect_error(store().tombstone("a-1", Expected::none()), Code::aborted);
    ASSERT_TRUE(store().tombstone("a-1", Expected::exact(Revision{2})));
    now_and_reopened([&] {
        EXPECT_EQ(shown("a-1"), Revisions{});
        EXPECT_EQ(store().stream("a-1").value(), std::nullopt);
        EXPECT_EQ(standing("a-1").state, StreamState::tombstoned);
        EXPECT_EQ(standing("a-1").last, Revision{2});
        const Position before = store().head();
        for (const Expected& expected :
             {Expected::any(), Expected::none(), Expected::exists(), Expected::exact(Revision{2})}) {
            const auto outcome = try_append("a-1", expected);
            expect_error(outcome, Code::failed_precondition, {"a-1", "tombstone"});
            EXPECT_EQ(outcome.error().reason, "stream.tombstoned");
            ASSERT_NE(outcome.error().conflict, nullptr);
            EXPECT_EQ(outcome.error().conflict->stream, "a-1");
            EXPECT_EQ(outcome.error().conflict->state, StreamState::tombstoned);
        }
        expect_error(store().keep("a-1", {.max_count = 2}), Code::failed_precondition, {"a-1"});
        expect_error(store().remove("a-1"), Code::failed_precondition, {"a-1"});
        expect_error(store().tombstone("a-1"), Code::failed_precondition, {"a-1"});
        expect_error(settings("a-1", "{}"), Code::failed_precondition, {"a-1"});
        EXPECT_EQ(store().head(), before);
    });
    Commit both;
    both.append("b-1", Expected::any(), {fact("Happened")}).append("a-1", Expected::any(), {fact("Happened")});
    expect_error(store().append(std::move(both)), Code::failed_precondition, {"a-1"});
    EXPECT_EQ(standing("b-1").state, StreamState::absent) << "all or nothing";
}

TEST_P(Keeping, a_name_can_be_barred_in_advance) {
    ASSERT_TRUE(store().tombstone("a-1", Expected::none()));
    EXPECT_EQ(standing("a-1").state, StreamState::tombstoned);
    EXPECT_EQ(standing("a-1").last, std::nullopt);
    expect_error(try_append("a-1", Expected::any()), Code::failed_precondition);
}

// Conditions on a stream that the commit does not write: the table of Expected.
TEST_P(Keeping, conditions_on_deleted_and_tombstoned_streams) {
    fill("deleted-1", 3);
    fill("ended-1", 3);
    ASSERT_TRUE(store().remove("deleted-1"));
    ASSERT_TRUE(store().tombstone("ended-1"));
    const auto holds = [&](const std::string& stream, Expected expected) {
        Commit commit = Commit{}.append("other-1", Expected::any(), {fact("Happened")});
        commit.conditions.emplace_back(StreamIs{stream, expected});
        const auto outcome = store().append(std::move(commit));
        EXPECT_EQ(outcome.ok(), expected.holds(standing(stream).state, standing(stream).last));
        return outcome.ok();
    };
    EXPECT_TRUE(holds("deleted-1", Expected::any()));
    EXPECT_TRUE(holds("deleted-1", Expected::none()));
    EXPECT_FALSE(holds("deleted-1", Expected::exists()));
    EXPECT_TRUE(holds("deleted-1", Expected::exact(Revision{2})));
    EXPECT_FALSE(holds("deleted-1", Expected::exact(Revision{1})));
    EXPECT_TRUE(holds("ended-1", Expected::any()));
    EXPECT_TRUE(holds("ended-1", Expected::none()));
    EXPECT_FALSE(holds("ended-1", Expected::exists()));
    EXPECT_FALSE(holds("ended-1", Expected::exact(Revision{2})));
}

TEST_P(Keeping, listings_leave_out_what_is_deleted) {
    for (const char* stream : {"a-1", "a-2", "a-3", "a-4", "a-5"}) fill(stream, 2);
    ASSERT_TRUE(store().remove("a-1"));
    ASSERT_TRUE(store().remove("a-3"));
    ASSERT_TRUE(store().tombstone("a-4"));
    now_and_reopened([&] {
        const auto names = [&](std::string_view prefix, std::string_view after, std::size_t limit) {
            std::vector<std::string> found;
            for (const StreamInfo& info : store().streams(prefix, after, limit).value()) found.push_back(info.name);
            return found;
        };
        using Names = std::vector<std::string>;
        EXPECT_EQ(names("a-", "", 1000), (Names{"a-2", "a-5"}));
        EXPECT_EQ(names("a-", "", 1), Names{"a-2"});
        EXPECT_EQ(names("a-", "a-2", 1), Names{"a-5"});
        EXPECT_EQ(names("$$", "", 1000), (Names{"$$a-1", "$$a-3", "$$a-4"}));
    });
    append("a-3");
    EXPECT_EQ(store().streams("a-3").value().front().last, Revision{2});
}

TEST_P(Keeping, other_reads_show_what_no_compaction_has_freed) {
    NewEvent tagged = fact("Opened");
    tagged.tags = {"account:a1"};
    ASSERT_TRUE(store().append(Commit{}.append("account-a1", Expected::none(), {tagged})));
    ASSERT_TRUE(store().remove("account-a1"));
    const Query query{.items = {{.tags = {"account:a1"}}}};
    EXPECT_EQ(places(store(), {}), (std::vector<std::uint64_t>{0, 1}));
    EXPECT_EQ(places(store(), {.source = Category{"account"}}), std::vector<std::uint64_t>{0});
    EXPECT_EQ(places(store(), {.source = query}), std::vector<std::uint64_t>{0});
    const auto unique = store().append(Commit{}.append("account-a1", Expected::none(), {fact("Opened")}).unless(query));
    expect_error(unique, Code::aborted);
}

TEST_P(Keeping, a_repeat_is_known_in_every_life_of_a_stream) {
    const Receipt first = store().append(marked("a-1", Expected::none(), 1)).value();
    ASSERT_TRUE(store().remove("a-1"));
    const auto again = store().append(marked("a-1", Expected::none(), 1));
    ASSERT_TRUE(again) << again.error();
    EXPECT_TRUE(again->repeated) << "sent again after the removal: it is of the first life";
    EXPECT_EQ(again->first, first.first);
    const Receipt second = store().append(marked("a-1", Expected::none(), 2)).value();
    EXPECT_FALSE(second.repeated);
    EXPECT_EQ(second.streams.front().last, Revision{1});
    append("a-1");
    now_and_reopened([&] {
        for (const auto number : std::initializer_list<std::uint8_t>{1, 2}) {
            const auto repeat = store().append(marked("a-1", Expected::none(), number));
            ASSERT_TRUE(repeat) << repeat.error();
            EXPECT_TRUE(repeat->repeated);
            EXPECT_EQ(repeat->first, number == 1 ? first.first : second.first);
        }
        expect_error(store().append(marked("a-1", Expected::none(), 3)), Code::aborted);
    });
    ASSERT_TRUE(store().tombstone("a-1"));
    EXPECT_TRUE(store().append(marked("a-1", Expected::none(), 2)).value().repeated);
    EXPECT_TRUE(store().append(marked("a-1", Expected::any(), 1)).value().repeated);
    expect_error(store().append(marked("a-1", Expected::any(), 4)), Code::failed_precondition);
}

TEST_P(Keeping, a_subscription_passes_over_what_was_removed_before_it_came_by) {
    fill("a-1", 5);
    auto behind = store().subscribe({.source = Stream{"a-1"}}).value();
    ASSERT_TRUE(store().keep("a-1", {.truncate_before = Revision{3}}));
    const auto next = [&] {
        const auto event = behind.next(soon());
        return event && *event != nullptr ? (*event)->revision.value : 999;
    };
    EXPECT_EQ(next(), 3U);
    EXPECT_EQ(next(), 4U);
    ASSERT_TRUE(store().remove("a-1"));
    append("a-1");
    EXPECT_EQ(next(), 5U);
    ASSERT_TRUE(store().tombstone("a-1"));
    EXPECT_EQ(behind.next(now()).value(), nullptr);
}

TEST_P(Keeping, what_is_removed_today_was_never_there) {
    fill("a-1", 3);
    const Timestamp then = store().info().value().last_time.value();
    ASSERT_TRUE(store().keep("a-1", {.max_count = 1}));
    EXPECT_EQ(places(store(), {.source = Stream{"a-1"}, .as_of = then}), std::vector<std::uint64_t>{2});
    ASSERT_TRUE(store().remove("a-1"));
    EXPECT_TRUE(places(store(), {.source = Stream{"a-1"}, .as_of = then}).empty());
}

TEST_P(Keeping, many_streams_with_settings_are_found_again) {
    constexpr int streams = 300;
    for (int n = 0; n < streams; ++n) {
        const std::string name = "s-" + std::to_string(n);
        fill(name, 2);
        if (n % 3 == 0) {
            ASSERT_TRUE(store().keep(name, {.max_count = 1}));
        } else if (n % 3 == 1) {
            ASSERT_TRUE(store().remove(name));
        }
    }
    now_and_reopened([&] {
        for (int n = 0; n < streams; ++n) {
            const std::string name = "s-" + std::to_string(n);
            EXPECT_EQ(shown(name), n % 3 == 0 ? Revisions{1} : n % 3 == 1 ? Revisions{} : (Revisions{0, 1})) << name;
        }
    });
}

}  // namespace
}  // namespace varve::conformance
