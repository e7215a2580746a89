#include "shop/mails.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "shop/shop.hpp"
#include "varve/testing.hpp"
#include "varve/testing_properties.hpp"

namespace shop {
namespace {

using namespace varve::testing;

const Placed placed{"o1", "ann", {{"lamp", 2, 4'900}}, 9'800};

TEST(Mails, tell_each_customer_what_concerns_them) {
    const auto mails = given_events<Mails>(placed, Shipped{"o2", "bob", 2}, Cancelled{"o1", "ann", "not paid"},
                                           Reminded{"c3", "ann"}, Delivered{"o2", "bob"});
    const auto sent = mails.effects<SendMail>();
    ASSERT_EQ(sent.size(), 4U);
    EXPECT_EQ(sent[0].to, "ann");
    EXPECT_EQ(sent[0].text, "order o1: please pay 98.00");
    EXPECT_EQ(sent[1].text, "order o2: parcel 2 is on its way");
    EXPECT_EQ(mails.ask(LettersTo{"ann"}).size(), 3U);
    EXPECT_EQ(mails.ask(HowManyLetters{}), 4U);
}

TEST(Mails, hold_whatever_happens) {
    check_projection<Mails>();
}

TEST(Mails, are_sent_once_and_not_again_by_a_rebuild) {
    const std::string folder = testing::TempDir() + "shop_mails", file = folder + "/mails.db";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const auto store = varve::open("memory:").value();
    MailServer server(1);  // loses every answer
    {
        varve::App app{store};
        wire(app);
        wire_mails(app, file, server);
        app.send(SetPrice{"lamp", 4'900}).value();
        app.send(Put{"c1", "ann", "lamp", 2, 4'900}).value();
        app.send(CheckOut{"c1", "o1"}).value();
        app.send(Cancel{"o1", "a test"}).value();
        app.settle_effects(std::chrono::seconds(60)).value();
        EXPECT_EQ(server.mails(), 2U);
        EXPECT_EQ(server.repeated(), 2U) << "each is given again until its answer comes";
    }
    const std::size_t given = server.mails() + server.repeated();
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    varve::App app{store};
    wire_mails(app, file, server);
    EXPECT_EQ(app.ask(HowManyLetters{}, varve::after(store.head() - 1)).value(), 2U);
    EXPECT_EQ(app.projections().front().effects->pending, 0U);
    app.close().value();
    EXPECT_EQ(server.mails() + server.repeated(), given);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace shop
