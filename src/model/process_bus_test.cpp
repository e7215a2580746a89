#include "model/process_bus.hpp"

#include <gtest/gtest.h>

#include <string>

#include "model/shop_fixture.hpp"

namespace varve {
namespace {

using shop::Shop;

struct Delivered {
    std::string key;
};
struct Deliver {
    std::string key;
};
namespace entity {
/// Of the same name as the process, so of its category.
struct Delivery {
    using Events = varve::Events<Delivered>;
    void evolve(const Delivered&) {}
};
}  // namespace entity

Decision decide(const Deliver& c, const entity::Delivery&) {
    return accept(Delivered{c.key});
}

void expect_one_category(const Error& error) {
    EXPECT_EQ(error.code, Code::already_exists);
    EXPECT_NE(error.message.find("category 'delivery' is that of state Delivery, on which Deliver is decided"),
              std::string::npos)
        << error;
}

TEST(ProcessBus, a_state_of_the_category_of_a_process_is_refused) {
    Shop shop;
    expect_one_category(shop.app.handle<Deliver, entity::Delivery>(&Deliver::key, decide).error());
    expect_one_category(shop.app.send(Deliver{"o1"}).error());
    shop.app.send(shop::Place{"o1", 500}).value();
    shop.app.send(shop::Pay{"o1"}).value();
    shop.settle();
    EXPECT_EQ(shop.order("o1").shipments, 1);
}

TEST(ProcessBus, a_process_of_the_category_of_a_state_is_refused) {
    App app{open("memory:").value()};
    const bool handled = app.handle<Deliver, entity::Delivery>(&Deliver::key, decide).ok();
    EXPECT_TRUE(handled);
    expect_one_category(app.run<shop::Delivery>().error());
    EXPECT_EQ(app.processes().at(0).state, ProcessStatus::State::failed);
    expect_one_category(app.processes().at(0).error.value());
    EXPECT_TRUE(app.send(Deliver{"o1"}).ok());
}

}  // namespace
}  // namespace varve
