#include <algorithm>
#include <atomic>
#include <limits>
#include <map>
#include <random>

#include "conformance/suite.hpp"

namespace varve::conformance {
namespace {

class Reading : public Conformance {
protected:
    /// Thirty commits of 1..5 events over nine streams in three categories.
    void write_history(std::mt19937_64& random) {
        static const std::vector<std::string> streams = {"a-1", "a-2", "a-3-x", "b-1", "b-2", "b", "ab-1", "a", "-x"};
        for (int n = 0; n < 30; ++n) {
            Commit commit;
            for (std::uint64_t count = 1 + random() % 5; count != 0; --count) {
                commit.append(streams[random() % streams.size()], Expected::any(), {fact("T" + std::to_string(n))});
            }
            ASSERT_TRUE(store().append(std::move(commit)));
        }
    }
    static bool in_source(const Source& source, const Seen& event) {
        if (const auto* stream = std::get_if<Stream>(&source)) return event.given.stream == stream->name;
        if (const auto* category = std::get_if<Category>(&source))
            return category_of(event.given.stream) == category->name;
        return true;
    }
    /// The selection's words, one by one.
    static std::vector<Seen> brute_force(std::vector<Seen> all, const Selection& selection) {
        const bool forward = selection.direction == Direction::forward;
        if (!forward) std::reverse(all.begin(), all.end());
        const auto beyond = [&](auto place, auto bound) { return forward ? place > bound : place < bound; };
        std::vector<Seen> chosen;
        for (const Seen& event : all) {
            if (!in_source(selection.source, event)) continue;
            if (selection.from && beyond(*selection.from, event.position)) continue;
            if (selection.until && beyond(event.position, *selection.until)) continue;
            if (selection.from_revision && beyond(*selection.from_revision, event.revision)) continue;
            if (selection.until_revision && beyond(event.revision, *selection.until_revision)) continue;
            if (selection.as_of && event.created > *selection.as_of) continue;
            if (chosen.size() < selection.limit) chosen.push_back(event);
        }
        return chosen;
    }
};

INSTANTIATE_TEST_SUITE_P(engines, Reading, ::testing::ValuesIn(engines()), engine_name);

constexpr auto backward = Direction::backward;

TEST_P(Reading, the_examples_of_the_header) {
    for (int n = 0; n < 10; ++n) append("s");
    const auto revisions = [&](const Selection& selection) { return places(store(), selection); };
    using Numbers = std::vector<std::uint64_t>;
    EXPECT_EQ(revisions({.source = Stream{"s"}, .from_revision = Revision{7}}), (Numbers{7, 8, 9}));
    EXPECT_EQ(revisions({.source = Stream{"s"}, .direction = backward, .limit = 2}), (Numbers{9, 8}));
    EXPECT_EQ(revisions({.source = Stream{"s"},
                         .direction = backward,
                         .from_revision = Revision{3},
                         .until_revision = Revision{2}}),
              (Numbers{3, 2}));
}

TEST_P(Reading, bounds_that_exclude_everything_read_nothing) {
    for (int n = 0; n < 5; ++n) append("s");
    constexpr Position far{std::numeric_limits<std::uint64_t>::max()};
    EXPECT_TRUE(places(store(), {.from = Position{3}, .until = Position{2}}).empty());
    EXPECT_TRUE(places(store(), {.direction = backward, .from = Position{2}, .until = Position{3}}).empty());
    EXPECT_TRUE(places(store(), {.from = Position{5}}).empty());
    EXPECT_TRUE(places(store(), {.from = far}).empty());
    EXPECT_TRUE(places(store(), {.direction = backward, .until = far}).empty());
    EXPECT_TRUE(places(store(), {.limit = 0}).empty());
    EXPECT_TRUE(places(store(), {.as_of = Timestamp{}}).empty());
    EXPECT_TRUE(places(store(), {.source = Stream{"s"}, .from_revision = Revision{5}}).empty());
    EXPECT_EQ(places(store(), {.until = far}).size(), 5U);
    EXPECT_EQ(places(store(), {.direction = backward, .from = far}).size(), 5U);
}

TEST_P(Reading, the_places_at_the_ends_of_their_range_never_wrap_around) {
    constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
    for (int n = 0; n < 5; ++n) append("a-1");
    const std::vector<Source> sources = {All{}, Stream{"a-1"}, Stream{"a-2"}, Category{"a"}};
    for (const Source& source : sources) {
        const std::size_t whole = source == Source(Stream{"a-2"}) ? 0 : 5;
        for (const std::uint64_t far : {std::uint64_t{5}, most - 1, most}) {
            for (const Position place : {Position{far}, Position{far} + 1}) {
                EXPECT_TRUE(places(store(), {.source = source, .from = place}).empty());
                EXPECT_TRUE(places(store(), {.source = source, .direction = backward, .until = place}).empty());
                EXPECT_EQ(places(store(), {.source = source, .until = place}).size(), whole);
                EXPECT_EQ(places(store(), {.source = source, .direction = backward, .from = place}).size(), whole);
            }
            if (!std::holds_alternative<Stream>(source)) continue;
            for (const Revision place : {Revision{far}, Revision{far} + 1}) {
                EXPECT_TRUE(places(store(), {.source = source, .from_revision = place}).empty());
                EXPECT_TRUE(
                    places(store(), {.source = source, .direction = backward, .until_revision = place}).empty());
                EXPECT_EQ(places(store(), {.source = source, .until_revision = place}).size(), whole);
                EXPECT_EQ(places(store(), {.source = source, .direction = backward, .from_revision = place}).size(),
                          whole);
            }
        }
        EXPECT_EQ(places(store(), {.source = source, .direction = backward, .until = Position{0}}).size(), whole);
        EXPECT_EQ(places(store(), {.source = source, .direction = backward, .from = Position{0}}).size(),
                  whole == 0 ? 0U : 1U);
        EXPECT_EQ(places(store(), {.source = source, .limit = most}).size(), whole);
    }
}

TEST_P(Reading, categories_end_at_the_first_hyphen) {
    for (const char* stream : {"a-1", "a", "ab-1", "a-b-c", "-a", "A-1", "a-"}) append(stream);
    using Numbers = std::vector<std::uint64_t>;
    EXPECT_EQ(places(store(), {.source = Category{"a"}}), (Numbers{0, 1, 3, 6}));
    EXPECT_EQ(places(store(), {.source = Category{"a"}, .direction = backward}), (Numbers{6, 3, 1, 0}));
    EXPECT_EQ(places(store(), {.source = Category{"ab"}}), (Numbers{2}));
    EXPECT_EQ(places(store(), {.source = Category{""}}), (Numbers{4}));
    EXPECT_EQ(places(store(), {.source = Category{"A"}}), (Numbers{5}));
    EXPECT_TRUE(places(store(), {.source = Category{"b"}}).empty());
}

TEST_P(Reading, agrees_with_brute_force_on_random_selections) {
    const std::uint64_t seed = test_seed();
    SCOPED_TRACE("run again with VARVE_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    write_history(random);
    if (GetParam().can_reopen && random() % 2 == 0) {
        reopen();
        write_history(random);
    }
    const auto all = read_all(store());
    const auto chance = [&](std::uint64_t of) { return random() % of == 0; };
    const std::vector<Source> sources = {All{},         Stream{"a-1"}, Stream{"b"}, Stream{"no"},
                                         Category{"a"}, Category{"b"}, Category{""}};
    for (int question = 0; question < 600; ++question) {
        Selection selection{.source = sources[random() % sources.size()]};
        if (chance(2)) selection.direction = backward;
        if (chance(2)) selection.from = Position{random() % (all.size() + 3)};
        if (chance(3)) selection.until = Position{random() % (all.size() + 3)};
        if (std::holds_alternative<Stream>(selection.source)) {
            if (chance(2)) selection.from_revision = Revision{random() % 20};
            if (chance(3)) selection.until_revision = Revision{random() % 20};
        }
        if (chance(3)) {
            const auto near = static_cast<std::int64_t>(random() % 3) - 1;
            selection.as_of = all[random() % all.size()].created + std::chrono::microseconds(near);
        }
        if (chance(3)) selection.limit = random() % 12;
        EXPECT_EQ(read_all(store(), selection), brute_force(all, selection)) << "question " << question;
    }
}

TEST_P(Reading, a_revision_bound_needs_one_stream) {
    expect_error(store().read({.from_revision = Revision{1}}), Code::invalid_argument, {"revision"});
    expect_error(store().read({.source = Category{"a"}, .until_revision = Revision{1}}), Code::invalid_argument);
}

TEST_P(Reading, names_that_no_stream_can_have_are_refused) {
    expect_error(store().read({.source = Stream{""}}), Code::invalid_argument, {"empty"});
    expect_error(store().read({.source = Stream{std::string(limits::stream_name_bytes + 1, 'x')}}),
                 Code::invalid_argument, {"513", "512"});
    expect_error(store().read({.source = Category{"a-b"}}), Code::invalid_argument, {"'a-b'"});
    expect_error(store().stream("\xff"), Code::invalid_argument, {"UTF-8"});
}

TEST_P(Reading, long_streams_and_categories_come_whole) {
    static constexpr std::uint64_t batches = 30;
    for (std::uint64_t n = 0; n < batches; ++n) {
        std::vector<NewEvent> facts(333, fact("Happened", std::to_string(n)));
        ASSERT_TRUE(store().append(
            Commit{}.append("long-1", Expected::any(), facts).append("other-1", Expected::any(), facts)));
    }
    for (const Source& source : {Source{Stream{"long-1"}}, Source{Category{"long"}}}) {
        auto there = places(store(), {.source = source});
        ASSERT_EQ(there.size(), batches * 333);
        for (std::uint64_t n = 0; n < there.size(); ++n) ASSERT_EQ(there[n], n / 333 * 666 + n % 333);
        const auto back = places(store(), {.source = source, .direction = backward});
        std::reverse(there.begin(), there.end());
        EXPECT_EQ(back, there);
    }
}

TEST_P(Reading, a_cursor_stays_valid_while_others_write) {
    for (int n = 0; n < 50; ++n) append("a-" + std::to_string(n % 3), std::to_string(n));
    auto all = store().read({}).value();
    auto back = store().read({.source = Category{"a"}, .direction = backward}).value();
    for (int n = 0; n < 50; ++n) {
        append("a-1", "later");
        const Event* event = all.next();
        ASSERT_NE(event, nullptr);
        const Seen before = seen(*event);
        append("b-1", std::string(10'000, 'x'));
        EXPECT_EQ(seen(*event), before);
        EXPECT_EQ(event->data, std::to_string(n));
        const Event* other = back.next();
        ASSERT_NE(other, nullptr);
        EXPECT_EQ(other->data, std::to_string(49 - n));
    }
    EXPECT_EQ(back.next(), nullptr);
    EXPECT_TRUE(back.status());
    EXPECT_EQ(back.next(), nullptr);
}

TEST_P(Reading, a_cursor_may_append_to_its_own_store) {
    for (int n = 0; n < 10; ++n) append("a-1");
    auto cursor = store().read({.source = Stream{"a-1"}, .limit = 10}).value();
    std::uint64_t steps = 0;
    ASSERT_TRUE(cursor.each([&](const Event&) {
        append("a-1");
        ++steps;
    }));
    EXPECT_EQ(steps, 10U);
    EXPECT_EQ(store().head(), Position{20});
}

TEST_P(Reading, each_stops_when_told) {
    for (int n = 0; n < 10; ++n) append("a-1");
    auto cursor = store().read({}).value();
    int steps = 0;
    ASSERT_TRUE(cursor.each([&](const Event&) { return ++steps < 4; }));
    EXPECT_EQ(steps, 4);
    EXPECT_EQ(cursor.next()->position, Position{4});
}

// Readers beside writers: what one sees is always a prefix of the one order, whole commits only.
TEST_P(Reading, readers_see_gapless_prefixes_of_whole_commits) {
    std::atomic<bool> done = false;
    std::jthread writer([&] {
        in_parallel(3, [&](int thread) {
            for (int n = 0; n < 60; ++n) {
                Commit commit;
                for (int part = 0; part < 4; ++part) {
                    commit.append("s-" + std::to_string((thread + part) % 5), Expected::any(), {fact("Happened")});
                }
                EXPECT_TRUE(store().append(std::move(commit)));
            }
        });
        done = true;
    });
    in_parallel(2, [&](int) {
        while (!done) {
            const Position before = store().head();
            const auto events = read_all(store());
            EXPECT_GE(events.size(), before.value);
            EXPECT_EQ(events.size() % 4, 0U);
            std::map<std::string, std::uint64_t> next;
            for (std::size_t n = 0; n < events.size(); ++n) {
                ASSERT_EQ(events[n].position, Position{n});
                ASSERT_EQ(events[n].revision, Revision{next[events[n].given.stream]++});
            }
        }
    });
}

}  // namespace
}  // namespace varve::conformance
