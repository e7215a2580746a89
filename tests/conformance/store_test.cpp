// Heads, streams, time, and the life of a store from opening to closing.
#include <future>
#include <mutex>

#include "conformance/suite.hpp"

namespace varve::conformance {
namespace {

class Storing : public Conformance {
protected:
    [[nodiscard]] std::vector<std::string> names(std::string_view prefix = {}, std::string_view after = {},
                                                 std::size_t limit = 1000) {
        std::vector<std::string> found;
        for (const StreamInfo& stream : store().streams(prefix, after, limit).value()) found.push_back(stream.name);
        return found;
    }
};

INSTANTIATE_TEST_SUITE_P(engines, Storing, ::testing::ValuesIn(engines()), engine_name);

using Names = std::vector<std::string>;

TEST_P(Storing, a_stream_tells_its_head) {
    EXPECT_FALSE(store().stream("a-1").value());
    append("a-1");
    append("b-1");
    append("a-1");
    EXPECT_EQ(store().stream("a-1").value(), (StreamInfo{"a-1", Revision{1}, Position{2}}));
    EXPECT_EQ(store().stream("b-1").value(), (StreamInfo{"b-1", Revision{0}, Position{1}}));
    EXPECT_FALSE(store().stream("a").value());
}

TEST_P(Storing, streams_are_listed_in_byte_order_by_prefix_page_by_page) {
    for (const char* name : {"b-2", "a-1", "b-10", "b", "c-1", "\xc3\xa9-1", "b-2", "B-1"}) append(name);
    EXPECT_EQ(names(), (Names{"B-1", "a-1", "b", "b-10", "b-2", "c-1", "\xc3\xa9-1"}));
    EXPECT_EQ(names("b"), (Names{"b", "b-10", "b-2"}));
    EXPECT_EQ(names("b-"), (Names{"b-10", "b-2"}));
    EXPECT_EQ(names("b", "b", 1), (Names{"b-10"}));
    EXPECT_EQ(names("b", "a"), (Names{"b", "b-10", "b-2"}));
    EXPECT_TRUE(names("b", "c").empty());
    EXPECT_TRUE(names("x").empty());
    EXPECT_TRUE(names("", "", 0).empty());
    EXPECT_EQ(store().streams("b-2", "", 1).value().at(0), (StreamInfo{"b-2", Revision{1}, Position{6}}));
}

TEST_P(Storing, paging_through_many_streams_finds_each_once_also_new_and_old_ones) {
    Names expected;
    for (int n = 0; n < 250; ++n) expected.push_back("s-" + std::to_string(1000 + n));
    for (std::size_t n = 0; n < expected.size(); n += 2) append(expected[n]);
    if (GetParam().can_reopen) reopen();
    for (std::size_t n = 1; n < expected.size(); n += 2) append(expected[n]);
    for (std::size_t n = 0; n < expected.size(); n += 10) append(expected[n]);
    Names found;
    std::size_t heads_right = 0;
    for (;;) {
        const auto page = store().streams("s-", found.empty() ? std::string() : found.back(), 7).value();
        if (page.empty()) break;
        EXPECT_LE(page.size(), 7U);
        for (const StreamInfo& stream : page) {
            heads_right += store().stream(stream.name).value() == stream ? 1U : 0U;
            found.push_back(stream.name);
        }
    }
    EXPECT_EQ(found, expected);
    EXPECT_EQ(heads_right, expected.size());
}

TEST_P(Storing, position_at_is_the_number_of_events_committed_by_then) {
    EXPECT_EQ(store().position_at(Timestamp{}).value(), Position{0});
    EXPECT_EQ(store().position_at(Timestamp::max()).value(), Position{0});
    for (std::size_t n = 0; n < 60; ++n) {
        ASSERT_TRUE(store().append(
            Commit{}.append("a-1", Expected::any(), std::vector<NewEvent>(1 + n % 3, fact("Happened")))));
    }
    const auto all = read_all(store());
    const auto by = [&](Timestamp time) {
        std::uint64_t count = 0;
        for (const Seen& event : all) count += event.created <= time ? 1U : 0U;
        return Position{count};
    };
    for (const Seen& event : all) {
        for (const int apart : {-1, 0, 1}) {
            const Timestamp time = event.created + std::chrono::microseconds(apart);
            EXPECT_EQ(store().position_at(time).value(), by(time));
        }
    }
    EXPECT_EQ(store().position_at(Timestamp{}).value(), Position{0});
    EXPECT_EQ(store().position_at(Timestamp::min()).value(), Position{0});
    EXPECT_EQ(store().position_at(Timestamp::max()).value(), store().head());
}

TEST_P(Storing, commit_times_are_now) {
    const auto before = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    const Receipt receipt = append("a-1");
    const auto after = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    EXPECT_GE(receipt.time, before);
    EXPECT_LE(receipt.time, after);
}

TEST_P(Storing, waiting_for_a_position_ends_when_it_comes_or_at_the_deadline_or_at_close) {
    EXPECT_FALSE(store().wait_for(Position{0}, now()));
    auto waiting = std::async(std::launch::async, [&] { return store().wait_for(Position{1}, soon()); });
    append("a-1");
    append("a-1");
    EXPECT_TRUE(waiting.get());
    EXPECT_TRUE(store().wait_for(Position{0}, now()));
    EXPECT_FALSE(store().wait_for(Position{2}, now()));
    auto closing = std::async(std::launch::async, [&] { return store().wait_for(Position{9}, Deadline::max()); });
    EXPECT_TRUE(store().close());
    EXPECT_FALSE(closing.get());
}

TEST_P(Storing, info_tells_what_is_there) {
    const bool on_disk = GetParam().can_reopen;
    StoreInfo info = store().info().value();
    EXPECT_EQ(info.events, 0U);
    EXPECT_EQ(info.commits, 0U);
    EXPECT_FALSE(info.first_time);
    EXPECT_FALSE(info.last_time);
    const Receipt first = append("a-1");
    ASSERT_TRUE(store().append(Commit{}.append("a-1", Expected::any(), {fact("Happened"), fact("Happened")})));
    const Receipt last = append("b-1", std::string(10'000, 'x'));
    info = store().info().value();
    EXPECT_EQ(info.engine, GetParam().name);
    EXPECT_EQ(info.location, on_disk ? (folder_ / "store").string() : std::string());
    EXPECT_TRUE(EventId::parse(info.id));
    EXPECT_EQ(info.format == 0, !on_disk);
    EXPECT_EQ(info.events, 4U);
    EXPECT_EQ(info.events, store().head().value);
    EXPECT_EQ(info.commits, 3U);
    EXPECT_EQ(info.first_time, first.time);
    EXPECT_EQ(info.last_time, last.time);
    EXPECT_LE(info.indexed, info.events);
    EXPECT_EQ(info.durability, GetParam().durability);
    EXPECT_EQ(info.segments, on_disk ? 1U : 0U);
    EXPECT_EQ(info.log_bytes > 10'000, on_disk);
    EXPECT_LT(info.log_bytes, 30'000U) << "the zeros ahead do not count";
}

TEST_P(Storing, a_closed_store_refuses_and_closing_again_is_fine) {
    append("a-1");
    append("a-1");
    auto cursor = store().read({}).value();
    ASSERT_NE(cursor.next(), nullptr);
    EXPECT_TRUE(store().close());
    EXPECT_TRUE(store().close());
    const auto closed = Code::failed_precondition;
    expect_error(store().append(Commit{}.append("a-1", Expected::any(), {fact("Happened")})), closed, {"closed"});
    Outcomes outcomes;
    store().append(Commit{}.append("a-1", Expected::any(), {fact("Happened")}), outcomes.next());
    expect_error(outcomes.wait().at(0), closed, {"closed"});
    expect_error(store().read({}), closed, {"closed"});
    EXPECT_EQ(store().head(), Position{2}) << "what is known stays known";
    EXPECT_TRUE(store().wait_for(Position{1}, now()));
    EXPECT_FALSE(store().wait_for(Position{2}, Deadline::max()));
    expect_error(store().subscribe({}), closed, {"closed"});
    expect_error(store().streams(), closed, {"closed"});
    expect_error(store().stream("a-1"), closed, {"closed"});
    expect_error(store().position_at(Timestamp{}), closed, {"closed"});
    expect_error(store().info(), closed, {"closed"});
    // A cursor keeps what it needs.
    const Event* event = cursor.next();
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->position, Position{1});
    EXPECT_EQ(cursor.next(), nullptr);
    EXPECT_TRUE(cursor.status());
}

// Also over the end of the page that it had in hand, and while the next opening writes.
TEST_P(Storing, every_kind_of_cursor_walks_on_after_close) {
    static constexpr std::uint64_t events = 3000;
    for (std::uint64_t n = 0; n < events; n += 100) {
        ASSERT_TRUE(
            store().append(Commit{}.append("a-1", Expected::any(), std::vector<NewEvent>(100, fact("Happened")))));
    }
    std::vector<Cursor> cursors;
    for (const Source& source : {Source(All{}), Source(Stream{"a-1"}), Source(Category{"a"})}) {
        for (const Direction direction : {Direction::forward, Direction::backward}) {
            for (const bool begun : {false, true}) {
                cursors.push_back(store().read({.source = source, .direction = direction}).value());
                if (begun) {
                    ASSERT_NE(cursors.back().next(), nullptr);
                }
            }
        }
    }
    ASSERT_TRUE(store().close());
    if (GetParam().can_reopen) {
        reopen();
        for (int n = 0; n < 50; ++n) append("a-1");
    }
    for (std::size_t n = 0; n < cursors.size(); ++n) {
        const std::uint64_t skipped = n % 2;
        const bool forward = n / 2 % 2 == 0;
        std::uint64_t at = skipped;
        const auto walked = cursors[n].each([&](const Event& event) {
            EXPECT_EQ(event.position, Position{forward ? at : events - 1 - at});
            return ++at < events + 10;
        });
        EXPECT_TRUE(walked) << "cursor " << n << ": " << walked;
        EXPECT_EQ(at, events) << "cursor " << n;
    }
}

TEST_P(Storing, whoever_closes_second_waits_for_the_first) {
    for (int round = 0; round < 10; ++round) {
        for (int n = 0; n < 20; ++n) append("a-1");
        std::mutex opening;
        in_parallel(3, [&](int) {
            EXPECT_TRUE(store().close());
            if (!GetParam().can_reopen) return;
            const std::lock_guard alone(opening);
            const auto again = GetParam().open(folder_ / "store");
            EXPECT_TRUE(again) << "closed means that the folder is free: " << again.error();
        });
        if (!GetParam().can_reopen) return;
        reopen();
    }
}

TEST_P(Storing, a_cursor_outlives_the_last_handle) {
    append("a-1", "still there");
    auto cursor = store().read({}).value();
    opened_.reset();
    const Event* event = cursor.next();
    ASSERT_NE(event, nullptr);
    EXPECT_EQ(event->data, "still there");
}

TEST_P(Storing, closing_beside_writers_and_readers_answers_each_of_them) {
    std::jthread closer;
    in_parallel(4, [&](int thread) {
        for (int n = 0; n < 1000; ++n) {
            const auto outcome = store().append(Commit{}.append("a-1", Expected::any(), {fact("Happened")}));
            if (!outcome) {
                EXPECT_EQ(outcome.error().code, Code::failed_precondition) << outcome.error();
                return;
            }
            if (thread == 0 && n == 20) closer = std::jthread([&] { EXPECT_TRUE(store().close()); });
        }
    });
}

TEST_P(Storing, reopening_keeps_everything) {
    if (!GetParam().can_reopen) GTEST_SKIP() << "this engine forgets when it closes";
    const std::string id = store().info().value().id;
    std::vector<Seen> before;
    for (int round = 0; round < 4; ++round) {
        SCOPED_TRACE(round);
        for (int n = 0; n < 40; ++n) append("s-" + std::to_string(n % 6), std::to_string(round * 100 + n));
        before = read_all(store());
        const auto streams = store().streams().value();
        reopen();
        EXPECT_EQ(store().head(), Position{40 * (static_cast<std::uint64_t>(round) + 1)});
        EXPECT_EQ(read_all(store()), before);
        EXPECT_EQ(store().streams().value(), streams);
        EXPECT_EQ(places(store(), {.source = Category{"s"}}).size(), before.size());
        const auto info = store().info().value();
        EXPECT_EQ(info.id, id);
        EXPECT_EQ(info.events, before.size());
        EXPECT_EQ(info.commits, before.size());
        EXPECT_EQ(info.last_time, before.back().created);
        expect_error(store().append(Commit{}.append("s-0", Expected::none(), {fact("Happened")})), Code::aborted);
    }
    append("s-1");
    EXPECT_GE(read_all(store()).back().created, before.back().created);
}

}  // namespace
}  // namespace varve::conformance
