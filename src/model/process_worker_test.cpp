#include "model/process_worker.hpp"

#include <gtest/gtest.h>

#include "model/contacts_fixture.hpp"
#include "model/shop_fixture.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using shop::Delivery;
using shop::Order;
using shop::OrderPlaced;
using shop::Pay;
using shop::Place;
using shop::Shop;
using std::chrono::hours;

std::vector<std::string> types_of(const Store& store, const std::string& stream) {
    std::vector<std::string> types;
    auto cursor = store.read({.source = Stream{stream}}).value();
    while (const Event* event = cursor.next()) types.emplace_back(event->type);
    return types;
}

TEST(Process, sends_what_it_answers) {
    Shop shop;
    shop.app.send(Place{"o1", 500}).value();
    shop.app.send(Pay{"o1"}).value();
    shop.settle();
    EXPECT_EQ(shop.order("o1").shipments, 1);
    EXPECT_EQ(types_of(shop.store, "delivery-o1"),
              (std::vector<std::string>{"$Heard", "$Heard", "$Answered", "$Heard"}));
    const auto delivery = shop.app.instance<Delivery>("o1").value();
    EXPECT_TRUE(delivery.finished);
    EXPECT_TRUE(delivery->paid);
    EXPECT_TRUE(delivery.timers.empty());
    EXPECT_EQ(shop.status().running, 0U);
}

TEST(Process, remembers_what_it_waits_for) {
    Shop shop;
    shop.app.send(Place{"o1", 500}).value();
    shop.settle();
    const auto delivery = shop.app.instance<Delivery>("o1").value();
    ASSERT_EQ(delivery.timers.size(), 2U);
    EXPECT_EQ(delivery.timers.at("payment"), shop.clock->now() + hours(24));
    const ProcessStatus status = shop.status();
    EXPECT_EQ(status.name, "Delivery");
    EXPECT_EQ(status.state, ProcessStatus::State::live);
    EXPECT_EQ(status.running, 1U);
    EXPECT_EQ(status.timers, 2U);
    EXPECT_EQ(status.next_due, shop.clock->now() + hours(10));
    EXPECT_EQ(status.lag(), 0U);
}

TEST(Process, a_timer_fires_when_its_time_has_come) {
    Shop shop;
    shop.app.send(Place{"o1", 500}).value();
    shop.settle();
    shop.pass(hours(9));
    EXPECT_EQ(shop.app.instance<Delivery>("o1").value()->reminders, 0);
    shop.pass(hours(1));
    EXPECT_EQ(shop.app.instance<Delivery>("o1").value()->reminders, 1);
    shop.pass(hours(14));
    EXPECT_EQ(shop.app.instance<Delivery>("o1").value()->reminders, 2);
    EXPECT_EQ(shop.order("o1").cancellations, 1);
    EXPECT_EQ(shop.status().timers, 0U);
}

TEST(Process, a_timer_that_was_cancelled_does_not_fire) {
    Shop shop;
    shop.app.send(Place{"o1", 500}).value();
    shop.app.send(Pay{"o1"}).value();
    shop.settle();
    shop.pass(hours(100));
    EXPECT_EQ(shop.order("o1").cancellations, 0);
}

TEST(Process, timers_are_known_again_after_a_restart) {
    Shop shop;
    shop.app.send(Place{"o1", 500}).value();
    shop.settle();
    shop.restart();
    shop.settle();
    EXPECT_EQ(shop.status().timers, 2U);
    shop.pass(hours(24));
    EXPECT_EQ(shop.order("o1").cancellations, 1);
    shop.restart();
    shop.settle();
    EXPECT_EQ(shop.order("o1").cancellations, 1);
}

TEST(Process, what_came_while_it_was_stopped_is_heard_before_a_timer_fires) {
    Shop shop;
    shop.app.send(Place{"o1", 500}).value();
    shop.settle();
    shop.app = shop.bare(false);
    shop::handle(shop.app);
    shop.clock->advance(hours(23));
    shop.app.send(Pay{"o1"}).value();
    shop.clock->advance(hours(23));
    shop.restart();
    shop.settle();
    EXPECT_EQ(shop.order("o1").shipments, 1);
    EXPECT_EQ(shop.order("o1").cancellations, 0);
}

TEST(Process, a_rejected_command_is_heard_and_compensated) {
    Shop shop;
    shop.app.send(Place{"broken", 500}).value();
    shop.app.send(Pay{"broken"}).value();
    shop.settle();
    EXPECT_EQ(shop.order("broken").cancellations, 1);
    EXPECT_TRUE(shop.app.instance<Delivery>("broken").value().finished);
    EXPECT_EQ(shop.status().rejected, 1U);
    shop.restart();
    shop.settle();
    EXPECT_EQ(shop.order("broken").cancellations, 1);
    EXPECT_TRUE(shop.app.instance<Delivery>("broken").value().finished);
}

TEST(Process, an_instance_whose_handler_throws_is_quarantined_alone) {
    Shop shop;
    shop.app.send(Place{"bad", -1}).value();
    shop.app.send(Place{"o1", 500}).value();
    shop.app.send(Pay{"o1"}).value();
    shop.app.send(Pay{"bad"}).value();
    shop.settle();
    EXPECT_EQ(shop.order("o1").shipments, 1);
    EXPECT_EQ(shop.order("bad").shipments, 0);
    for (int i = 0; i < 2; ++i) {
        const ProcessStatus status = shop.status();
        ASSERT_EQ(status.quarantined.size(), 1U);
        EXPECT_EQ(status.quarantined[0].key, "bad");
        EXPECT_EQ(status.quarantined[0].position, Position{0});
        EXPECT_NE(status.quarantined[0].error.message.find("nobody pays us less than nothing"), std::string::npos)
            << status.quarantined[0].error;
        shop.restart();
        shop.settle();
    }
    const auto again = shop.app.retry("Delivery", "bad");
    ASSERT_FALSE(again.ok());
    EXPECT_NE(again.error().message.find("nobody pays us less than nothing"), std::string::npos) << again.error();
    EXPECT_EQ(shop.app.retry("Delivery", "o1").error().code, Code::not_found);
    EXPECT_EQ(shop.app.retry("Nobody", "o1").error().code, Code::not_found);
}

TEST(Process, a_second_run_is_a_mistake) {
    Shop shop;
    const Wiring twice = shop.app.run<Delivery>();
    ASSERT_FALSE(twice.ok());
    EXPECT_EQ(twice.error().code, Code::already_exists);
    EXPECT_EQ(shop.app.processes().at(1).error->code, Code::already_exists);
}

TEST(Process, many_instances_over_many_batches) {
    Shop shop;
    constexpr int orders = 1500;
    for (int i = 0; i < orders; ++i) {
        shop.app.send(Place{std::to_string(i), 1}).value();
        if (i % 2 == 0) shop.app.send(Pay{std::to_string(i)}).value();
    }
    shop.settle();
    EXPECT_EQ(shop.status().running, orders / 2);
    EXPECT_EQ(shop.status().timers, orders);
    shop.restart();
    shop.pass(hours(24));
    EXPECT_EQ(shop.status().running, 0U);
    for (int i = 0; i < orders; ++i) {
        EXPECT_EQ(shop.order(std::to_string(i)).shipments, i % 2 == 0 ? 1 : 0);
        EXPECT_EQ(shop.order(std::to_string(i)).cancellations, i % 2 == 0 ? 0 : 1);
    }
}

/// Remembers a name, and gives it to another contact.
struct Copyist {
    using Hears = Events<contacts::Added>;
    using Sends = Commands<contacts::Rename>;
    static std::string key(const contacts::Added& e) { return e.contact; }
    contacts::Text name;
    Steps on(const contacts::Added& e) {
        name = e.name;
        return send(contacts::Rename{e.contact + "-copy", e.name});
    }
    Steps on(const Rejected<contacts::Rename>&) { return {}; }
};

TEST(Process, what_is_personal_stays_sealed_and_is_forgotten) {
    const TempFolder folder;
    App app{open("memory:").value(), open_keys(folder.file("keys")).value()};
    contacts::wire(app);
    app.run<Copyist>();
    app.send(contacts::Add{"7", "Ada Lovelace"}).value();
    app.settle().value();
    EXPECT_EQ(app.load<contacts::Contact>("7-copy").value()->name.value_or("-"), "Ada Lovelace");
    EXPECT_EQ(app.instance<Copyist>("7").value()->name.value_or("-"), "Ada Lovelace");
    auto cursor = app.store().read({.source = Stream{"copyist-7"}}).value();
    cursor.each([](const Event& event) { EXPECT_EQ(event.data.find("Lovelace"), std::string_view::npos); }).value();
    app.forget("7").value();
    EXPECT_EQ(app.load<contacts::Contact>("7-copy").value()->name.value_or("-"), "Ada Lovelace")
        << "it is another's now";
    EXPECT_TRUE(app.instance<Copyist>("7").value()->name.forgotten());
    app.settle().value();
    EXPECT_EQ(app.processes().at(0).quarantined_count, 0U);
    EXPECT_FALSE(app.schedule(contacts::Add{"8", "Bob"}, hours(1)).ok()) << "nobody said whose the name is";
}

}  // namespace
}  // namespace varve
