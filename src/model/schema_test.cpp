#include "varve/schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "model/bank_fixture.hpp"
#include "model/evolved_bank_fixture.hpp"
#include "model/shop_fixture.hpp"

namespace varve {
namespace {

struct Tree {
    std::string name;
    std::vector<Tree> children;
};
struct Circle {
    double radius;
};
struct Square {
    float side;
};
enum class Colour : std::uint8_t { red, green };

struct Everything {
    static constexpr std::string_view type = "Everything.v2";
    std::string owner;
    bool good;
    std::uint16_t small;
    Colour colour;
    std::optional<std::vector<Circle>> circles;
    std::map<std::string, std::array<std::int32_t, 2>> pairs;
    std::variant<Circle, Square> shape;
    std::chrono::milliseconds wait;
    Timestamp at;
    EventId id;
    Position position;
    Json any;
    Tree tree;
    Personal<std::string> name;
    [[nodiscard]] std::string subject() const { return owner; }
};

TEST(Schema, spells_every_form_in_words_of_its_own) {
    const std::string text = schema<Events<Everything>>().text();
    for (const char* line : {
             "event Everything.v2 any: json\n",
             "event Everything.v2 at: time\n",
             "event Everything.v2 circles: optional list of record\n",
             "event Everything.v2 circles.radius: double\n",
             "event Everything.v2 colour: enum green|red\n",
             "event Everything.v2 good: bool\n",
             "event Everything.v2 id: id\n",
             "event Everything.v2 name: personal text\n",
             "event Everything.v2 pairs: map of tuple of 2\n",
             "event Everything.v2 pairs.1: int32\n",
             "event Everything.v2 position: uint64\n",
             "event Everything.v2 shape: one of Circle|Square\n",
             "event Everything.v2 shape.Square: record\n",
             "event Everything.v2 shape.Square.side: float\n",
             "event Everything.v2 small: uint16\n",
             "event Everything.v2 tree: record\n",
             "event Everything.v2 tree.children: list of record again\n",
             "event Everything.v2 wait: duration in 1/1000 s of int64\n",
         }) {
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    }
}

TEST(Schema, has_what_states_projections_and_processes_are_about) {
    const Schema bank = schema<bank::Account, bank::Balances>();
    ASSERT_EQ(bank.shapes().size(), 3U) << "each once: " << bank.text();
    EXPECT_EQ(bank.shapes()[0].name, "Deposited");
    EXPECT_EQ(bank.shapes()[0].fields, (std::vector<StoredField>{{"account", "text"}, {"cents", "int64"}}));
    const std::string shop = schema<shop::Delivery, Commands<bank::Transfer>>().text();
    EXPECT_NE(shop.find("event OrderPlaced order: text\n"), std::string::npos) << shop;
    EXPECT_NE(shop.find("timer "), std::string::npos) << shop;
    EXPECT_NE(shop.find("command Transfer cents: int64\n"), std::string::npos) << shop;
}

TEST(Schema, has_the_old_events_that_lead_to_those_of_its_readers) {
    const std::string text = schema<evolved::Account>().text();
    for (const char* line : {"event Deposited euros: double\n", "event Deposited.v2 cents: int64\n",
                             "event Deposited.v3 currency: text\n", "event Transferred from: text\n"}) {
        EXPECT_NE(text.find(line), std::string::npos) << line << text;
    }
}

TEST(Schema, an_app_tells_what_it_was_wired_with) {
    App app{open("memory:").value()};
    EXPECT_TRUE(app.schema().shapes().empty());
    shop::handle(app);
    EXPECT_EQ(app.schema(), schema<shop::Order>()) << "commands are not stored, but where they are scheduled";
    app.run<shop::Delivery>();
    app.project<bank::Balances>();
    EXPECT_EQ(app.schema(), (schema<shop::Order, shop::Delivery, bank::Balances>()));
    EXPECT_EQ((app.schema<evolved::Account, Commands<shop::Pay>>()),
              (schema<shop::Order, shop::Delivery, bank::Balances, evolved::Account, Commands<shop::Pay>>()));
    static_cast<void>(app.schedule(shop::Pay{"o1"}, std::chrono::hours(1)).value());
    EXPECT_EQ(app.schema(), (schema<shop::Order, shop::Delivery, bank::Balances>()))
        << "what a program does, and not what it is, must change nothing";
}

TEST(Schema, an_app_tells_of_a_read_model_that_could_not_be_opened) {
    App app{open("memory:").value()};
    EXPECT_FALSE(app.project<bank::Balances>(sqlite("no/such/folder/rows.db")).ok());
    EXPECT_EQ(app.schema(), schema<bank::Balances>());
}

TEST(Schema, reads_what_it_has_written) {
    const Schema schema = varve::schema<Events<Everything, Forgotten>, bank::Account, shop::Delivery>();
    EXPECT_EQ(Schema::parse(schema.text()).value(), schema);
    EXPECT_EQ(Schema::parse("# words\r\n\r\nevent an odd name -: nothing\r\n").value().shapes()[0].name, "an odd name");
    std::string with_cr = schema.text();
    std::ranges::replace(with_cr, '\n', '\r');
    EXPECT_EQ(Schema::parse(with_cr).value(), schema);
    EXPECT_EQ(Schema::parse("# words\r\revent Deposited").error().message,
              "line 3 is no line of a schema: 'event Deposited'");
    EXPECT_EQ(Schema::parse("\r\n\r\nevent Deposited\r\n").error().message,
              "line 3 is no line of a schema: 'event Deposited'");
    EXPECT_EQ(Schema::parse("\nevent Deposited").error().message, "line 2 is no line of a schema: 'event Deposited'");
    for (const char* none : {"event cents: int64", "event  cents: int64", "event Deposited : int64",
                             " event  :: ", "event Deposited cents: ", "row Deposited cents: int64"}) {
        EXPECT_FALSE(Schema::parse(none).ok()) << none;
    }
}

TEST(Schema, tells_when_two_structs_of_one_name_disagree) {
    std::vector<StoredShape> shapes{{"event", "Paid", {{"cents", "int64"}}},
                                    {"event", "Paid", {{"cents", "double"}, {"by", "text"}}}};
    const Schema schema(std::move(shapes));
    ASSERT_EQ(schema.shapes().size(), 1U);
    EXPECT_EQ(schema.shapes()[0].fields, (std::vector<StoredField>{{"by", "text"}, {"cents", "double or int64"}}));
}

}  // namespace
}  // namespace varve
