#include "supply_chain/stock.hpp"

#include <gtest/gtest.h>

#include "supply_chain/audit.hpp"
#include "supply_chain/hold.hpp"
#include "supply_chain/rush.hpp"
#include "varve/testing_process.hpp"
#include "varve/testing_properties.hpp"
#include "varve/testing_schema.hpp"
#include "varve/testing_simulation.hpp"

namespace supply_chain {
namespace {

using namespace varve::testing;

const Received three{"n", 3}, two{"f", 2};
const Reserved split{"o1", "n", "f", 3, 1};

TEST(Stock, what_the_near_shelf_lacks_comes_from_the_far_one) {
    const auto stock = given<Reservation>().and_given<Shelf>(three).and_given<Shelf>(two);
    stock.when(Reserve{"o1", "n", "f", 4})
        .then(varve::on<Reservation>("o1", split), varve::on<Shelf>("n", Held{"n", "o1", 3}),
              varve::on<Shelf>("f", Held{"f", "o1", 1}));
    stock.when(Reserve{"o1", "n", "f", 3})
        .then(varve::on<Reservation>("o1", Reserved{"o1", "n", "f", 3, 0}), varve::on<Shelf>("n", Held{"n", "o1", 3}));
}

TEST(Stock, all_of_it_or_nothing) {
    const auto stock = given<Reservation>().and_given<Shelf>(three).and_given<Shelf>(two, Held{"f", "o0", 1});
    stock.when(Reserve{"o1", "n", "f", 5}).then_rejected("stock.short");
    stock.when(Reserve{"o1", "n", "f", 0}).then_rejected("pieces.amount");
    stock.when(Reserve{"o1", "n", "n", 4}).then_rejected("shelf.twice");
    given<Shelf>().when(Receive{"n", -1}).then_rejected("pieces.amount");
}

TEST(Stock, a_reservation_ends_once) {
    const auto held = given<Reservation>(split).and_given<Shelf>(three).and_given<Shelf>(two);
    held.when(Collect{"o1", "n", "f"})
        .then(varve::on<Reservation>("o1", Collected{"o1"}), varve::on<Shelf>("n", Taken{"n", "o1", 3}),
              varve::on<Shelf>("f", Taken{"f", "o1", 1}));
    held.when(Release{"o1", "f", "n"}).then_rejected("order.other_shelves");
    const auto released = given<Reservation>(split, Released{"o1"}).and_given<Shelf>(three).and_given<Shelf>(two);
    released.when(Collect{"o1", "n", "f"}).then_rejected("order.released");
    released.when(Release{"o1", "n", "f"}).then();
    const auto collected = given<Reservation>(split, Collected{"o1"}).and_given<Shelf>(three).and_given<Shelf>(two);
    collected.when(Release{"o1", "n", "f"}).then_rejected("order.collected");
    collected.when(Reserve{"o1", "n", "f", 1}).then_rejected("order.exists");
}

TEST(Hold, is_released_when_nobody_comes) {
    given_process<Hold>().when(split).then(varve::timer("hold", hold_time, HoldIsOver{"o1"}));
    given_process<Hold>(split).when(Collected{"o1"}).then_finishes();
    given_process<Hold>(split).when(HoldIsOver{"o1"}).then(varve::send(Release{"o1", "n", "f"}));
}

TEST(Hold, a_release_that_failed_is_tried_again) {
    const varve::Rejected<Release> busy{{"o1", "n", "f"}, {.code = varve::Code::aborted, .message = "busy"}};
    given_process<Hold>(split).when(busy).then_sets_timer("hold", again_after, HoldIsOver{"o1"});
    const varve::Rejected<Release> came{{"o1", "n", "f"}, rejection("order.collected")};
    given_process<Hold>(split).when(came).then();
}

TEST(Hold, pieces_come_back_once_wherever_the_program_crashes) {
    const auto report = crash_everywhere({}, wire, [](World& world) {
        world.send(Receive{"n", 3}).value();
        world.send(Receive{"f", 2}).value();
        world.send(Reserve{"o1", "n", "f", 4}).value();
        world.pass(hold_time - std::chrono::seconds(1));
        world.check(world.app().load<Shelf>("n").value()->free() == 0, "it is held until its time has come");
        world.pass(std::chrono::seconds(1));
        world.check(world.app().load<Shelf>("n").value()->free() == 3, "the near shelf has its pieces back");
        world.check(world.app().load<Shelf>("f").value()->free() == 2, "the far shelf has its pieces back");
    });
    EXPECT_GT(report.crashes, 0U);
}

TEST(Rush, sixteen_buyers_never_get_more_than_there_is) {
    varve::App app{varve::open("memory:").value()};
    wire(app);
    ASSERT_TRUE(app.send(Receive{"n", 30}).ok());
    ASSERT_TRUE(app.send(Receive{"f", 21}).ok());
    const auto outcome = rush(app, {.name = "rush", .orders_each = 8, .pieces = 3, .shelf = "n", .other = "f"});
    ASSERT_TRUE(outcome.ok()) << outcome.error().message;
    EXPECT_EQ(outcome->reserved.size(), 17U);
    EXPECT_EQ(outcome->refused, 16U * 8 - 17);
    for (const char* name : {"n", "f"}) EXPECT_EQ(app.load<Shelf>(name).value()->free(), 0);
    EXPECT_EQ(app.replay<Audit>().value().ask(WasItSound{}).value().oversold, 0U);
}

TEST(Audit, finds_a_shelf_that_was_oversold) {
    const auto audit = given_events<Audit>(three, Held{"n", "o1", 4}, PutBack{"n", "o1", 4});
    EXPECT_EQ(audit.ask(WasItSound{}).oversold, 1U);
    EXPECT_EQ(audit.ask(WasItSound{}).looks, 3U);
}

TEST(Stock, stores_what_it_has_stored) {
    varve::App app{varve::open("memory:").value()};
    wire(app);
    check_schema("schema.lock", app.schema<Audit>());
}

TEST(Stock, holds_whatever_happens) {
    check_state<Shelf>();
    check_state<Reservation>();
    check_projection<Audit>();
}

}  // namespace
}  // namespace supply_chain
