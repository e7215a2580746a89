#include "varve/testing_simulation.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "model/shop_fixture.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve::testing {
namespace {

using shop::Delivery;
using shop::Order;
using shop::Pay;
using shop::Place;
using std::chrono::hours;

void wire(App& app) {
    shop::handle(app);
    app.run<Delivery>();
}

Order order(World& world, const std::string& key) {
    return world.app().load<Order>(key).value().state;
}

/// Events of one type in a stream.
int count(World& world, const std::string& stream, std::string_view type) {
    int found = 0;
    auto cursor = world.app().store().read({.source = Stream{stream}}).value();
    cursor.each([&](const Event& event) { found += event.type == type ? 1 : 0; }).value();
    return found;
}

/// Every kind of step: heard, fired, sent, rejected and compensated, cancelled, finished, scheduled.
void everything_happens_once(World& world) {
    world.send(Place{"paid", 5}).value();
    world.send(Place{"unpaid", 5}).value();
    world.send(Place{"broken", 5}).value();
    world.pass(hours(1));
    world.send(Pay{"paid"}).value();
    world.send(Pay{"broken"}).value();
    world.attempt([](App& app) {
        app.schedule(Place{"later", 5}, Timestamp(hours(500'000)), {.command_id = "scheduled-1"}).value();
    });
    world.pass(hours(48));
    world.check(order(world, "paid").shipments == 1, "what is paid is shipped once");
    world.check(order(world, "paid").cancellations == 0, "what is shipped is not cancelled");
    world.check(order(world, "unpaid").cancellations == 1, "what is not paid is cancelled once");
    world.check(order(world, "unpaid").shipments == 0, "what is not paid is not shipped");
    world.check(order(world, "broken").cancellations == 1, "what cannot be shipped is cancelled once");
    world.check(count(world, "delivery-unpaid", "$Fired") == 3, "two reminders and the deadline fire");
    world.check(count(world, "delivery-broken", "$Answered") == 2, "each command is answered once");
    world.check(count(world, "delivery-paid", "$Heard") == 3, "each event is heard once");
    world.check(!order(world, "later").placed, "what is scheduled is not yet sent");
    for (const char* key : {"paid", "unpaid", "broken"}) {
        const auto delivery = world.app().instance<Delivery>(key).value();
        world.check(delivery.finished && delivery.timers.empty() && delivery.commands.empty(), "it has ended");
    }
    world.pass(Timestamp(hours(500'000)) - world.clock().now());
    world.check(order(world, "later").placed, "what is scheduled is sent");
    world.check(count(world, "$scheduled-scheduled-1", "$Answered") == 1, "and answered once");
}

TEST(Simulation, every_step_happens_once_wherever_the_program_crashes) {
    const SimulationReport report = crash_everywhere({}, wire, everything_happens_once);
    EXPECT_GT(report.runs, 40U);
    EXPECT_EQ(report.crashes, report.runs - 1);
}

TEST(Simulation, and_so_it_does_in_a_folder) {
    const TempFolder folder;
    const SimulationReport report = crash_everywhere({.folder = folder.file("runs")}, wire, everything_happens_once);
    EXPECT_GT(report.runs, 40U);
    EXPECT_EQ(report.crashes, report.runs - 1);
}

TEST(Simulation, and_so_it_does_when_it_crashes_again_and_again) {
    const SimulationReport report = simulate({.seeds = 100}, wire, everything_happens_once);
    EXPECT_EQ(report.runs, 100U);
    EXPECT_GT(report.crashes, 100U);
}

/// Sends its own command as it hears, before anything is on record: twice after a crash.
struct Hasty {
    using Hears = Events<shop::OrderPlaced>;
    static std::string key(const shop::OrderPlaced& e) { return e.order; }
    inline static App* app = nullptr;
    Steps on(const shop::OrderPlaced& e) {
        static_cast<void>(app->send(Pay{e.order}));
        return {};
    }
};

TEST(Simulation, finds_a_process_that_does_things_on_its_own) {
    const auto hasty = [](App& app) {
        shop::handle(app);
        Hasty::app = &app;
        app.run<Hasty>();
    };
    const auto story = [](World& world) {
        world.send(Place{"o1", 5}).value();
        world.settle();
        world.check(order(world, "o1").payments == 1, "it is paid once");
    };
    try {
        crash_everywhere({}, hasty, story);
        FAIL() << "paying twice must be found";
    } catch (const Mismatch& mismatch) {
        const std::string text = mismatch.what();
        EXPECT_NE(text.find("it does not hold that it is paid once"), std::string::npos) << text;
        const auto seed = text.find(".first_seed = ");
        ASSERT_NE(seed, std::string::npos) << text;
        const SimulationOptions again{.first_seed = std::stoull(text.substr(seed + 14)), .seeds = 1};
        EXPECT_THROW(crash_everywhere(again, hasty, story), Mismatch);
    }
}

TEST(Simulation, months_pass_in_an_instant) {
    std::uint64_t fired = 0;
    simulate({.seeds = 1}, wire, [&](World& world) {
        for (int i = 0; i < 100; ++i) world.send(Place{std::to_string(i), 5}).value();
        world.pass(hours(24 * 90));
        fired = world.app().processes().at(0).timers;
        for (int i = 0; i < 100; ++i)
            world.check(order(world, std::to_string(i)).cancellations == 1, "it is cancelled");
    });
    EXPECT_EQ(fired, 0U);
}

TEST(Simulation, whatever_a_story_throws_fails_the_run) {
    const auto failure_of = [](const Story& story) -> std::string {
        try {
            simulate({.first_seed = 7, .seeds = 1}, [](App&) {}, story);
        } catch (const Mismatch& mismatch) {
            return mismatch.what();
        }
        return "";
    };
    EXPECT_NE(failure_of([](World&) { throw std::runtime_error(""); }).find("seed 7 fails"), std::string::npos);
    EXPECT_NE(failure_of([](World&) { throw 42; }).find("seed 7 fails"), std::string::npos);
}

TEST(Simulation, draws_by_the_seed) {
    std::vector<std::uint64_t> first;
    for (int round = 0; round < 2; ++round) {
        std::vector<std::uint64_t> drawn;
        simulate({.first_seed = 5, .seeds = 3}, wire, [&](World& world) {
            drawn.push_back(world.seed());
            drawn.push_back(world.random(1000));
        });
        if (round == 0) first = drawn;
        EXPECT_EQ(drawn, first);
        EXPECT_EQ(drawn.size(), 6U);
    }
}

}  // namespace
}  // namespace varve::testing
