#include "shop/order.hpp"

#include <gtest/gtest.h>

#include "shop/abandoned.hpp"
#include "shop/delivery.hpp"
#include "shop/shop.hpp"
#include "varve/testing_process.hpp"
#include "varve/testing_properties.hpp"
#include "varve/testing_schema.hpp"
#include "varve/testing_simulation.hpp"

namespace shop {
namespace {

using namespace varve::testing;

const Priced lamp{"lamp", 4'900};
const PutIn put{"c1", "ann", "lamp", 2, 4'900};
const Placed placed{"o1", "ann", {{"lamp", 2, 4'900}}, 9'800};
const Shipped shipped{"o1", "ann", 1};

TEST(CheckOut, charges_the_lower_price_and_never_a_higher_one_unseen) {
    const auto cart = given<Cart>(put).and_given<Order>();
    const CheckedOut gone{"c1", "o1"};
    cart.and_given<PriceList>(lamp)
        .when(CheckOut{"c1", "o1"})
        .then(varve::on<Cart>("c1", gone), varve::on<Order>("o1", placed));
    cart.and_given<PriceList>(lamp, Priced{"lamp", 4'000})
        .when(CheckOut{"c1", "o1"})
        .then(varve::on<Cart>("c1", gone), varve::on<Order>("o1", Placed{"o1", "ann", {{"lamp", 2, 4'000}}, 8'000}));
    const auto dearer = [](const auto& seen) {
        return seen.template and_given<PriceList>(lamp, Priced{"lamp", 5'000});
    };
    dearer(cart).when(CheckOut{"c1", "o1"}).then_rejected("price.changed");
    const auto looked = given<Cart>(put, PriceSeen{"c1", "lamp", 5'000}).and_given<Order>();
    dearer(looked)
        .when(CheckOut{"c1", "o1"})
        .then(varve::on<Cart>("c1", gone), varve::on<Order>("o1", Placed{"o1", "ann", {{"lamp", 2, 5'000}}, 10'000}));
}

TEST(CheckOut, happens_once_and_needs_something_to_buy) {
    given<Cart>().and_given<Order>().and_given<PriceList>().when(CheckOut{"c1", "o1"}).then_rejected("cart.empty");
    given<Cart>(put, CheckedOut{"c1", "o0"})
        .and_given<Order>()
        .and_given<PriceList>(lamp)
        .when(CheckOut{"c1", "o1"})
        .then_rejected("cart.checked_out");
    given<Cart>(put)
        .and_given<Order>(placed)
        .and_given<PriceList>(lamp)
        .when(CheckOut{"c1", "o1"})
        .then_rejected("order.exists");
}

TEST(Order, is_paid_or_cancelled) {
    given<Order>(placed).when(Pay{"o1", 9'800}).then(Paid{"o1"});
    given<Order>(placed).when(Pay{"o1", 9'700}).then_rejected("payment.amount");
    given<Order>(placed, Paid{"o1"}).when(Pay{"o1", 9'800}).then();
    given<Order>(placed, Paid{"o1"}).when(Cancel{"o1", "late"}).then_rejected("order.paid");
    given<Order>(placed).when(Cancel{"o1", "late"}).then(Cancelled{"o1", "ann", "late"});
    given<Order>(placed, Cancelled{"o1", "ann", "late"}).when(Pay{"o1", 9'800}).then_rejected("order.cancelled");
}

TEST(Order, each_parcel_is_shipped_once) {
    given<Order>(placed).when(Ship{"o1", 1}).then_rejected("order.unpaid");
    given<Order>(placed, Paid{"o1"}).when(Ship{"o1", 1}).then(shipped);
    given<Order>(placed, Paid{"o1"}, shipped).when(Ship{"o1", 1}).then();
    given<Order>(placed, Paid{"o1"}, shipped, Delivered{"o1", "ann"}).when(Ship{"o1", 2}).then();
    given<Order>(placed, Paid{"o1"}).when(Deliver{"o1"}).then_rejected("order.not_shipped");
}

TEST(Delivery, goes_from_the_checkout_to_the_door) {
    given_process<Delivery>().when(placed).then(varve::timer("payment", to_pay, NotPaid{"o1"}));
    given_process<Delivery>(placed).when(Paid{"o1"}).then(varve::cancel("payment"), varve::send(Ship{"o1", 1}));
    given_process<Delivery>(placed).when(shipped).then(varve::timer("parcel", to_arrive, NotArrived{"o1", 1}));
    given_process<Delivery>(placed, shipped).when(Delivered{"o1", "ann"}).then_finishes();
}

TEST(Delivery, knows_what_to_do_when_nothing_happens) {
    given_process<Delivery>(placed).when(NotPaid{"o1"}).then(varve::send(Cancel{"o1", "not paid"}));
    const varve::Rejected<Cancel> paid{{"o1", "not paid"}, rejection("order.paid")};
    given_process<Delivery>(placed).when(paid).then();
    given_process<Delivery>(placed, shipped).when(NotArrived{"o1", 1}).then(varve::send(Ship{"o1", 2}));
    given_process<Delivery>(placed, shipped).when(NotArrived{"o1", 2}).then();
    const varve::Rejected<Ship> busy{{"o1", 1}, {.code = varve::Code::aborted, .message = "busy"}};
    given_process<Delivery>(placed).when(busy).then_sets_timer("ship", again_after, ShipAgain{"o1", 1});
}

TEST(Reminder, waits_a_day_after_the_last_touch) {
    given_process<Reminder>(put)
        .when(TakenOut{"c1", "lamp"})
        .then(varve::timer("left", until_reminded, LeftAlone{"c1"}));
    given_process<Reminder>(put).when(LeftAlone{"c1"}).then(varve::send(Remind{"c1"}));
    given_process<Reminder>(put).when(CheckedOut{"c1", "o1"}).then_finishes();
}

TEST(Shop, stores_what_it_has_stored) {
    varve::App app{varve::open("memory:").value()};
    wire(app);
    check_schema("schema.lock", app.schema());
}

TEST(Shop, holds_whatever_happens) {
    check_state<Cart>();
    check_state<Order>();
    check_projection<AbandonedCarts>();
}

TEST(Shop, two_parcels_go_out_wherever_the_program_crashes) {
    const auto report = crash_everywhere({}, wire, [](World& world) {
        world.send(SetPrice{"lamp", 4'900}).value();
        world.send(Put{"c1", "ann", "lamp", 2, 4'900}).value();
        world.send(CheckOut{"c1", "o1"}).value();
        world.pass(to_pay - std::chrono::hours(1));
        world.send(Pay{"o1", 9'800}).value();
        world.pass(to_arrive);
        const auto order = world.app().load<Order>("o1").value();
        world.check(order->state == Order::State::paid && order->parcels == 2, "the lost parcel was replaced");
        world.check(order.revision == varve::Revision{3}, "each was shipped once");
        world.send(Deliver{"o1"}).value();
    });
    EXPECT_GT(report.crashes, 0U);
}

TEST(Shop, what_nobody_pays_is_cancelled_once_wherever_the_program_crashes) {
    crash_everywhere({}, wire, [](World& world) {
        world.send(SetPrice{"lamp", 4'900}).value();
        world.send(Put{"c1", "ann", "lamp", 2, 4'900}).value();
        world.send(CheckOut{"c1", "o1"}).value();
        world.pass(to_pay);
        const auto order = world.app().load<Order>("o1").value();
        world.check(order->state == Order::State::cancelled, "it is cancelled");
        world.check(order.revision == varve::Revision{1}, "and only once");
    });
}

}  // namespace
}  // namespace shop
