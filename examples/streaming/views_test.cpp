#include "streaming/views.hpp"

#include <gtest/gtest.h>

#include "streaming/evening.hpp"
#include "streaming/intake.hpp"
#include "varve/testing.hpp"
#include "varve/testing_properties.hpp"
#include "varve/testing_schema.hpp"

namespace streaming {
namespace {

using namespace varve::testing;
using std::chrono::minutes;
using std::chrono::seconds;

const varve::Timestamp evening = varve::parse_timestamp("2026-06-14 20:00").value();

TEST(Viewer, goes_on_where_the_last_piece_ended) {
    const Watched first{"v1", "drama", 0, 10, evening}, second{"v1", "drama", 10, 10, evening + seconds(10)};
    EXPECT_EQ(given<Viewer>(first, second).state().places.at("drama").second, 20);
    EXPECT_EQ(given<Viewer>(second, first).state().places.at("drama").second, 20) << "though the first one came late";
    const Watched again{"v1", "drama", 0, 10, evening + minutes(5)};
    EXPECT_EQ(given<Viewer>(first, second, again).state().places.at("drama").second, 10) << "begun again";
}

TEST(Trending, counts_by_the_time_of_the_view) {
    const auto trending = given_events<Trending>(Watched{"v1", "drama", 0, 10, evening + minutes(1)},
                                                 Watched{"v2", "news", 0, 20, evening + minutes(2)},
                                                 Watched{"v3", "drama", 0, 10, evening});
    const std::vector<Trend> both{{"drama", 20}, {"news", 20}}, late{{"news", 20}}, early{{"drama", 20}};
    EXPECT_EQ(trending.ask(TrendingAt{evening + minutes(5)}), both);
    EXPECT_EQ(trending.ask(TrendingAt{evening + minutes(2)}), early) << "the minute that begins is not in it";
    EXPECT_EQ(trending.ask(TrendingAt{evening + minutes(7)}), late);
    EXPECT_TRUE(trending.ask(TrendingAt{evening + minutes(8)}).empty());
    EXPECT_EQ(trending.ask(TrendingAt{evening + minutes(5), minutes(5), 1}).size(), 1U);
}

TEST(Attentions, a_second_seen_twice_counts_once) {
    const auto seen =
        given_events<Attentions>(Watched{"v1", "drama", 0, 20, evening}, Watched{"v1", "drama", 10, 20, evening},
                                 Watched{"v2", "drama", 50, 10, evening});
    const auto all = seen.ask(AttentionOfAll{});
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all.front().viewers, 2);
    EXPECT_EQ(all.front().seconds, 40);
}

TEST(Intake, an_upload_counts_once_and_an_error_is_told) {
    auto store = varve::open("memory:").value();
    Intake intake(store);
    const std::vector<Watched> views{{"v1", "drama", 0, 10, evening}, {"v2", "news", 0, 10, evening}};
    for (const char* name : {"one", "one", "two"}) intake.take(name, views).value();
    EXPECT_EQ(intake.take("three", {views[0], {"v1", "drama", -10, 10, evening}}).error().code,
              varve::Code::invalid_argument);
    const Tally tally = intake.finish().value();
    EXPECT_EQ(tally.views, 4U);
    EXPECT_EQ(tally.uploads, 2U);
    EXPECT_EQ(tally.repeated, 1U);
    EXPECT_EQ(store.head(), varve::Position{4});

    store.close().value();
    intake.take("four", views).value();
    EXPECT_FALSE(intake.finish().ok());
}

TEST(Evening, viewers_in_the_tunnel_are_late_and_lose_nothing) {
    const Plan plan{.viewers = 2, .edges = 1, .tunnel = 2, .late_minutes = 3};
    Evening made_up(evening, plan);
    std::map<std::string, std::size_t> views;
    for (unsigned minute = 0; minute < 10; ++minute) {
        for (const Watched& view : made_up.upload(minute, 0)) {
            ++views[view.viewer];
            const bool in_tunnel = view.viewer == "v0";
            EXPECT_EQ(view.at + minutes(2) < evening + minutes(minute), in_tunnel);
        }
    }
    EXPECT_EQ(views["v0"], 7U * 6);
    EXPECT_EQ(views["v1"], 10U * 6);
}

TEST(Views, store_what_they_have_stored) {
    check_schema("schema.lock", varve::schema<Viewer>());
}

TEST(Views, hold_whatever_happens) {
    check_state<Viewer>();
    check_projection<Trending>();
    check_projection<Attentions>();
}

}  // namespace
}  // namespace streaming
