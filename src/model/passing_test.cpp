#include "varve/testing_pass.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "model/shop_fixture.hpp"

namespace varve {
namespace {

using shop::OrderPlaced;
using shop::Place;
using shop::Shop;
using std::chrono::hours;

/// When each event of a type was stored, in hours since the beginning.
std::vector<long> hours_of(const Shop& shop, const std::string& type, Timestamp begin) {
    std::vector<long> found;
    auto cursor = shop.store.read({}).value();
    while (const Event* event = cursor.next()) {
        if (event->type == type) found.push_back(std::chrono::floor<hours>(event->created - begin).count());
    }
    return found;
}

TEST(Passing, stops_at_every_moment_at_which_something_is_due) {
    Shop shop;
    const Timestamp begin = shop.clock->now();
    ASSERT_TRUE(shop.app.send(Place{"o1", 500}).ok());
    ASSERT_TRUE(shop.app.schedule(Place{"o2", 500}, hours(5)).ok());
    testing::pass(shop.app, *shop.clock, hours(30)).value();
    EXPECT_EQ(shop.clock->now(), begin + hours(30));
    EXPECT_EQ(hours_of(shop, "OrderPlaced", begin), (std::vector<long>{0, 5}));
    EXPECT_EQ(hours_of(shop, "OrderCancelled", begin), (std::vector<long>{24, 29})) << "each a day after its order";
    EXPECT_TRUE(shop.order("o2").cancelled);
}

TEST(Passing, without_time_does_what_is_due_now) {
    for (const bool background : {true, false}) {
        Shop shop;
        shop.restart(background);
        const Timestamp begin = shop.clock->now();
        ASSERT_TRUE(shop.app.send(Place{"o1", 500}).ok());
        testing::pass(shop.app, *shop.clock, hours(0)).value();
        EXPECT_EQ(shop.status().timers, 2U);
        testing::pass(shop.app, *shop.clock, hours(-1)).value();
        EXPECT_EQ(shop.clock->now(), begin);
    }
}

TEST(Passing, answers_what_has_stopped_a_process) {
    Shop shop;
    shop.app.run<shop::Delivery>();  // a second time
    const auto passed = testing::pass(shop.app, *shop.clock, hours(1));
    ASSERT_FALSE(passed.ok());
    EXPECT_EQ(passed.error().code, Code::already_exists);
}

}  // namespace
}  // namespace varve
