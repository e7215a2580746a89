#include "model/scheduler.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <thread>

#include "model/shop_fixture.hpp"

namespace varve {
namespace {

using shop::OrderPlaced;
using shop::Place;
using shop::Ship;
using shop::Shop;
using std::chrono::hours;
using State = ScheduledCommand::State;

State state_of(const Shop& shop, const Scheduled& scheduled) {
    return shop.app.scheduled(scheduled.id).value().state;
}

TEST(Scheduler, sends_a_command_when_its_time_has_come) {
    Shop shop;
    const Scheduled later = shop.app.schedule(Place{"o1", 500}, hours(48)).value();
    EXPECT_EQ(later.due, shop.clock->now() + hours(48));
    shop.pass(hours(47));
    EXPECT_FALSE(shop.order("o1").placed);
    EXPECT_EQ(state_of(shop, later), State::waiting);
    shop.pass(hours(1));
    EXPECT_TRUE(shop.order("o1").placed);
    const ScheduledCommand done = shop.app.scheduled(later.id).value();
    EXPECT_EQ(done.state, State::done);
    EXPECT_EQ(done.command, "Place");
    EXPECT_EQ(done.data, R"({"order":"o1","cents":500})");
    EXPECT_TRUE(done.position.has_value());
}

TEST(Scheduler, survives_a_restart_without_being_asked) {
    Shop shop;
    const Scheduled later = shop.app.schedule(Place{"o1", 500}, shop.clock->now() + hours(48)).value();
    shop.restart();
    shop.pass(hours(48));
    EXPECT_EQ(state_of(shop, later), State::done);
    EXPECT_TRUE(shop.order("o1").placed);
}

TEST(Scheduler, a_time_that_has_passed_is_at_once) {
    Shop shop;
    const Scheduled now = shop.app.schedule(Place{"o1", 500}, shop.clock->now() - hours(48)).value();
    const Scheduled too = shop.app.schedule(Place{"o2", 500}, -hours(1)).value();
    EXPECT_EQ(now.due, shop.clock->now());
    shop.settle();
    EXPECT_EQ(state_of(shop, now), State::done);
    EXPECT_EQ(state_of(shop, too), State::done);
}

TEST(Scheduler, a_time_that_nobody_will_see_is_refused) {
    Shop shop;
    for (const auto& refused :
         {shop.app.schedule(Place{"o1", 500}, timer_longest + hours(1)),
          shop.app.schedule(Place{"o1", 500}, hours::max()), shop.app.schedule(Place{"o1", 500}, Timestamp::max()),
          shop.app.schedule(Place{"o1", 500}, std::chrono::sys_seconds::max()),
          shop.app.schedule(Place{"o1", 500}, std::chrono::sys_days::max())}) {
        ASSERT_FALSE(refused.ok());
        EXPECT_EQ(refused.error().code, Code::invalid_argument);
        EXPECT_NE(refused.error().message.find("100 years"), std::string::npos) << refused.error();
    }
    EXPECT_EQ(shop.store.head(), Position{0});
}

TEST(Scheduler, a_command_that_is_taken_back_is_not_sent) {
    Shop shop;
    const Scheduled later = shop.app.schedule(Place{"o1", 500}, hours(48)).value();
    EXPECT_TRUE(shop.app.unschedule(later.id).ok());
    EXPECT_TRUE(shop.app.unschedule(later.id).ok());
    shop.pass(hours(48));
    EXPECT_EQ(state_of(shop, later), State::unscheduled);
    EXPECT_FALSE(shop.order("o1").placed);
    EXPECT_EQ(shop.app.unschedule("nobody").error().code, Code::not_found);
    EXPECT_EQ(shop.app.scheduled("nobody").error().code, Code::not_found);
}

TEST(Scheduler, what_was_sent_cannot_be_taken_back) {
    Shop shop;
    const Scheduled at_once = shop.app.schedule(Place{"o1", 500}, hours(0)).value();
    shop.settle();
    EXPECT_EQ(shop.app.unschedule(at_once.id).error().reason, "schedule.sent");
}

TEST(Scheduler, a_rejection_is_recorded) {
    Shop shop;
    const Scheduled later = shop.app.schedule(Ship{"o1"}, hours(1)).value();
    shop.pass(hours(1));
    const ScheduledCommand rejected = shop.app.scheduled(later.id).value();
    EXPECT_EQ(rejected.state, State::rejected);
    EXPECT_EQ(rejected.error->reason, "order.not_paid");
    EXPECT_EQ(shop.app.processes().at(1).rejected, 1U);
}

TEST(Scheduler, the_same_command_id_schedules_once) {
    Shop shop;
    const CommandOptions options{.correlation_id = "request",
                                 .trace_parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                                 .command_id = "c1",
                                 .metadata = {{"user", "ann"}}};
    const Scheduled first = shop.app.schedule(Place{"o1", 500}, hours(1), options).value();
    shop.clock->advance(hours(1) / 2);
    const Scheduled second = shop.app.schedule(Place{"o1", 500}, hours(1), options).value();
    EXPECT_EQ(first.id, "c1");
    EXPECT_EQ(second.due, first.due);
    EXPECT_TRUE(second.receipt.repeated);
    const auto other = shop.app.schedule(Place{"o2", 500}, hours(1), options);
    ASSERT_FALSE(other.ok());
    EXPECT_EQ(other.error().code, Code::already_exists);
    shop.pass(hours(1));
    EXPECT_TRUE(shop.store.find_command("c1").value().has_value());
    auto placed = shop.store.read({.source = Stream{"order-o1"}}).value();
    const std::string metadata(placed.next()->metadata);
    EXPECT_NE(metadata.find(R"("$correlationId":"request")"), std::string::npos) << metadata;
    EXPECT_NE(metadata.find(R"("user":"ann")"), std::string::npos) << metadata;
    EXPECT_NE(metadata.find(options.trace_parent), std::string::npos) << metadata;
}

TEST(Scheduler, a_command_without_a_handler_waits_for_one) {
    Shop shop;
    shop.app = shop.bare(true);
    const Scheduled later = shop.app.schedule(Place{"o1", 500}, hours(1)).value();
    shop.pass(hours(1));
    EXPECT_EQ(state_of(shop, later), State::sending);
    const ProcessStatus status = shop.app.processes().at(0);
    EXPECT_EQ(status.commands, 1U);
    EXPECT_NE(status.last_error->message.find("nobody handles command Place"), std::string::npos) << *status.last_error;
    shop::handle(shop.app);
    shop.settle();
    EXPECT_EQ(state_of(shop, later), State::done);
}

TEST(Scheduler, one_that_cannot_be_stored_is_refused) {
    Shop shop;
    EXPECT_EQ(shop.app.schedule(Place{"\xff", 500}, hours(1)).error().code, Code::invalid_argument);
    EXPECT_EQ(shop.app.schedule(Place{"o1", 500}, hours(1), {.command_id = std::string(600, 'x')}).error().code,
              Code::invalid_argument);
}

TEST(Scheduler, one_that_could_not_be_sent_is_refused) {
    Shop shop;
    const auto named = shop.app.schedule(Place{"o1", 500}, hours(1), {.command_id = std::string(256, 'x')});
    EXPECT_EQ(named.error().message, "command Place: the command id has 256 bytes; the limit is 255");
    const auto told = shop.app.schedule(Place{"o1", 500}, hours(1), {.metadata = {{"why", std::string(70'000, 'x')}}});
    EXPECT_EQ(told.error().code, Code::invalid_argument);
    EXPECT_NE(told.error().message.find("the limit is 65536"), std::string::npos) << told.error();
    EXPECT_EQ(shop.store.head(), Position{0});
}

struct Noted {
    std::string order;
    Json note;
};

TEST(Scheduler, one_that_could_not_be_read_again_is_refused) {
    Shop shop;
    const auto noted = [&](std::size_t depth) {
        return shop.app.schedule(Noted{"o1", {std::string(depth, '[') + std::string(depth, ']')}}, hours(1));
    };
    const auto refused = noted(125);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Code::invalid_argument);
    EXPECT_NE(refused.error().message.find("nested more than 128 deep"), std::string::npos) << refused.error();
    EXPECT_EQ(shop.store.head(), Position{0});
    const auto taken = noted(124);
    ASSERT_TRUE(taken.ok()) << taken.error();
    shop.settle();
    EXPECT_EQ(state_of(shop, *taken), State::waiting);
}

TEST(Scheduler, who_takes_it_back_at_the_same_time_as_another_is_told_the_same) {
    Shop shop;
    for (int i = 0; i < 300; ++i) {
        const Scheduled later = shop.app.schedule(Place{"o1", 500}, hours(48)).value();
        Result<> theirs;
        std::thread other([&] { theirs = shop.app.unschedule(later.id); });
        const Result<> mine = shop.app.unschedule(later.id);
        other.join();
        ASSERT_TRUE(mine.ok()) << mine.error();
        ASSERT_TRUE(theirs.ok()) << theirs.error();
    }
}

}  // namespace
}  // namespace varve
