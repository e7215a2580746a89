#include "social/timelines.hpp"

#include <gtest/gtest.h>

#include "social/crowd.hpp"
#include "varve/testing.hpp"

namespace social {
namespace {

using namespace varve::testing;

const Posted post{"b1", "bob", "rain"};
const Shared shared{"b1", "bob", "cyd", "rain"};

std::vector<std::string> vias(const std::vector<Entry>& feed) {
    std::vector<std::string> all;
    for (const Entry& entry : feed) all.push_back(entry.via);
    return all;
}
using Names = std::vector<std::string>;

TEST(Timelines, have_what_those_write_and_share_whom_one_follows) {
    const auto timelines = given_events<Timelines>(Followed{"ann", "bob"}, Followed{"ann", "cyd"}, post, shared,
                                                   Posted{"d1", "dan", "sun"});
    EXPECT_EQ(vias(timelines.ask(FeedOf{"ann"})), (Names{"cyd", "bob"})) << "the newest first";
    EXPECT_EQ(vias(timelines.ask(FeedOf{"ann", 1})), Names{"cyd"});
    EXPECT_EQ(vias(timelines.ask(FeedOf{"bob"})), Names{"bob"}) << "one's own";
    EXPECT_EQ(timelines.ask(WhyIsIn{"b1", "ann"}).size(), 2U);
    EXPECT_FALSE(timelines.ask(WhyIsIn{"b1", "bob"}).front().followed_since);
    EXPECT_EQ(timelines.ask(HowManyEntries{}), 4U);
}

TEST(Timelines, lose_what_one_does_not_follow_any_more) {
    const auto timelines = given_events<Timelines>(Followed{"ann", "bob"}, Followed{"ann", "cyd"}, post, shared,
                                                   Unfollowed{"ann", "bob"}, Posted{"b2", "bob", "sun"});
    EXPECT_EQ(vias(timelines.ask(FeedOf{"ann"})), Names{"cyd"});
}

TEST(Timelines, lose_what_is_removed) {
    const auto timelines =
        given_events<Timelines>(Followed{"ann", "bob"}, post, Posted{"b2", "bob", "sun"}, Removed{"b1"});
    for (const char* reader : {"ann", "bob"}) {
        const auto feed = timelines.ask(FeedOf{reader});
        ASSERT_EQ(feed.size(), 1U);
        EXPECT_EQ(feed.front().post, "b2");
    }
    EXPECT_EQ(timelines.model().copies.size(), 2U);
}

TEST(Timelines, are_the_same_from_several_threads) {
    varve::App app{varve::open("memory:").value()};
    wire(app);
    const auto names = crowd(app, {.people = 20, .follows_each = 5, .posts = 60}).value();
    ASSERT_TRUE(app.send(Remove{"m1", app.load<Post>("m1").value()->author}).ok());
    const auto one = app.replay<Timelines>().value();
    std::uint64_t entries = 0;
    for (const std::string& name : names) {
        const auto many = app.ask(FeedOf{name, 1'000}, varve::after(one.position() - 1)).value();
        EXPECT_EQ(varve::to_json(many).value(), varve::to_json(one.ask(FeedOf{name, 1'000}).value()).value()) << name;
        entries += many.size();
    }
    EXPECT_GT(entries, 60U);
    EXPECT_EQ(app.ask(HowManyEntries{}).value(), entries);
}

}  // namespace
}  // namespace social
