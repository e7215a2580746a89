#include "shop/cart.hpp"

#include <gtest/gtest.h>

#include "shop/abandoned.hpp"
#include "varve/testing.hpp"

namespace shop {
namespace {

using namespace varve::testing;

const Priced lamp{"lamp", 4'900};
const PutIn put{"c1", "ann", "lamp", 1, 4'900};

TEST(Cart, the_price_put_in_is_the_one_that_was_seen) {
    const auto shop = given<Cart>().and_given<PriceList>(lamp);
    shop.when(Put{"c1", "ann", "lamp", 1, 4'900}).then(varve::on<Cart>("c1", put));
    shop.when(Put{"c1", "ann", "lamp", 1, 4'400}).then_rejected("price.changed");
    shop.when(Put{"c1", "ann", "sofa", 1, 4'400}).then_rejected("product.unknown");
    shop.when(Put{"c1", "ann", "lamp", 0, 4'900}).then_rejected("cart.amount");
}

TEST(Cart, is_left_alone_after_the_checkout) {
    const auto gone = given<Cart>(put, CheckedOut{"c1", "o1"});
    gone.when(TakeOut{"c1", "lamp"}).then_rejected("cart.checked_out");
    gone.when(Remind{"c1"}).then();
    gone.and_given<PriceList>(lamp).when(Look{"c1"}).then_rejected("cart.checked_out");
}

TEST(Cart, what_is_in_can_be_taken_out) {
    given<Cart>(put).when(TakeOut{"c1", "lamp"}).then(TakenOut{"c1", "lamp"});
    given<Cart>(put, TakenOut{"c1", "lamp"}).when(TakeOut{"c1", "lamp"}).then_rejected("cart.not_in");
    EXPECT_EQ(given<Cart>(put, put).state().items.at("lamp").pieces, 2);
}

TEST(Cart, looking_shows_what_has_changed) {
    given<Cart>(put).and_given<PriceList>(lamp).when(Look{"c1"}).then();
    given<Cart>(put)
        .and_given<PriceList>(lamp, Priced{"lamp", 5'200})
        .when(Look{"c1"})
        .then(varve::on<Cart>("c1", PriceSeen{"c1", "lamp", 5'200}));
}

TEST(Cart, its_owner_is_reminded_once) {
    given<Cart>(put).when(Remind{"c1"}).then(Reminded{"c1", "ann"});
    given<Cart>(put, Reminded{"c1", "ann"}).when(Remind{"c1"}).then();
    given<Cart>(put, TakenOut{"c1", "lamp"}).when(Remind{"c1"}).then();
}

TEST(PriceList, a_price_that_stays_is_no_event) {
    given<PriceList>(lamp).when(SetPrice{"lamp", 4'900}).then();
    given<PriceList>(lamp).when(SetPrice{"lamp", 5'200}).then(Priced{"lamp", 5'200});
    given<PriceList>().when(SetPrice{"lamp", 0}).then_rejected("price.amount");
}

TEST(AbandonedCarts, know_what_was_taken_out) {
    const auto carts = given_events<AbandonedCarts>(put, PutIn{"c1", "ann", "desk", 1, 21'000}, TakenOut{"c1", "desk"},
                                                    PutIn{"c2", "bob", "desk", 1, 21'000}, CheckedOut{"c2", "o1"});
    const auto left = carts.ask(LeftBefore{varve::Timestamp::max()});
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left.front().in, std::vector<std::string>{"lamp"});
    EXPECT_EQ(left.front().out, std::vector<std::string>{"desk"});
    EXPECT_EQ(left.front().cents, 4'900);
    EXPECT_EQ(carts.ask(SecondThoughts{}).at("desk"), 1);
    EXPECT_TRUE(carts.ask(LeftBefore{varve::Timestamp::min()}).empty());
}

}  // namespace
}  // namespace shop
