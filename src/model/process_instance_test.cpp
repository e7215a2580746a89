// A stream of steps that somebody else has written to: that instance is in trouble, and no other.
#include "model/process_instance.hpp"

#include <gtest/gtest.h>

#include <string>

#include "model/shop_fixture.hpp"

namespace varve {
namespace {

using shop::Delivery;
using shop::Pay;
using shop::Place;
using shop::Shop;
using std::chrono::hours;

struct Foreign {
    std::string type, data;
};

class ForeignStep : public ::testing::TestWithParam<Foreign> {
public:
    void intrude(const std::string& stream) {
        const auto& [type, data] = GetParam();
        shop.store.append(Commit{}.append(stream, Expected::any(), {{.type = type, .data = data}})).value();
    }
    void expect_in_trouble(const std::string& key) {
        const ProcessStatus status = shop.status();
        EXPECT_EQ(status.state, ProcessStatus::State::live) << status.error.value_or(Error{});
        ASSERT_EQ(status.quarantined.size(), 1U);
        EXPECT_EQ(status.quarantined[0].key, key);
        EXPECT_NE(status.quarantined[0].error.message.find("'delivery-" + key + "' revision"), std::string::npos)
            << status.quarantined[0].error;
    }
    Shop shop;
};

TEST_P(ForeignStep, concerns_its_instance_alone) {
    shop.app.send(Place{"o1", 500}).value();
    shop.app.send(Place{"o2", 500}).value();
    shop.settle();
    intrude("delivery-o1");
    shop.app.send(Pay{"o1"}).value();
    shop.app.send(Pay{"o2"}).value();
    shop.settle();
    for (int run = 0; run < 2; ++run) {
        expect_in_trouble("o1");
        EXPECT_EQ(shop.order("o1").shipments, 0);
        EXPECT_EQ(shop.order("o2").shipments, 1);
        EXPECT_EQ(shop.status().running, 1U);
        EXPECT_FALSE(shop.app.instance<Delivery>("o1").ok());
        EXPECT_FALSE(shop.app.retry("Delivery", "o1").ok());
        shop.restart();
        shop.settle();
    }
    shop.pass(hours(100));
    EXPECT_EQ(shop.order("o1").cancellations, 0) << "its timers rest";
}

TEST_P(ForeignStep, that_comes_first_is_the_end_of_an_instance_that_never_was) {
    intrude("delivery-o1");
    shop.app.send(Place{"o1", 500}).value();
    shop.settle();
    expect_in_trouble("o1");
    shop.restart();
    shop.settle();
    expect_in_trouble("o1");
}

TEST_P(ForeignStep, that_is_gone_is_no_trouble_any_more) {
    shop.app.send(Place{"o1", 500}).value();
    shop.settle();
    intrude("delivery-o1");
    shop.settle();
    shop.app.send(Pay{"o1"}).value();
    shop.settle();
    expect_in_trouble("o1");
    shop.store.remove("delivery-o1").value();
    const Result<> retried = shop.app.retry("Delivery", "o1");
    ASSERT_TRUE(retried.ok()) << retried;
    shop.settle();
    EXPECT_EQ(shop.status().quarantined_count, 0U);
    EXPECT_EQ(shop.order("o1").shipments, 1) << "it has heard what it has missed";
}

TEST_P(ForeignStep, of_a_scheduled_command_concerns_that_one_alone) {
    shop.app.schedule(Place{"o1", 500}, hours(1), {.command_id = "one"}).value();
    shop.app.schedule(Place{"o2", 500}, hours(1), {.command_id = "two"}).value();
    shop.settle();
    intrude("$scheduled-one");
    shop.pass(hours(1));
    EXPECT_EQ(shop.app.scheduled("two")->state, ScheduledCommand::State::done);
    EXPECT_FALSE(shop.app.scheduled("one").ok());
    const ProcessStatus schedule = shop.app.processes().at(1);
    EXPECT_EQ(schedule.state, ProcessStatus::State::live);
    ASSERT_EQ(schedule.quarantined.size(), 1U);
    EXPECT_EQ(schedule.quarantined[0].key, "one");
}

INSTANTIATE_TEST_SUITE_P(All, ForeignStep,
                         ::testing::Values(Foreign{"OrderPlaced", R"({"order":"o1","cents":5})"},
                                           Foreign{"$Heard", "{}"}, Foreign{"$Heard", "no JSON"},
                                           Foreign{"$Quarantined", "{}"},
                                           Foreign{"Note", R"({"time":"2026-11-29T00:00:00Z","finishes":true})"}),
                         [](const auto& foreign) { return "number_" + std::to_string(foreign.index); });

}  // namespace
}  // namespace varve
