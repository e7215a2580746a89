#include "varve/detail/upcast.hpp"

#include <gtest/gtest.h>

#include "model/evolved_bank_fixture.hpp"
#include "model/temp_folder_fixture.hpp"
#include "varve/evolution.hpp"
#include "varve/testing.hpp"

namespace varve {
namespace {

using namespace evolved;

static_assert(event_type<v1::Deposited>() == "Deposited");
static_assert(event_type<v2::Deposited>() == "Deposited.v2");
static_assert(event_type<Deposited>() == "Deposited.v3");

struct Many {
    static constexpr int version = 1207;
};
struct First {
    static constexpr int version = 1;
};
struct Counted {
    int version = 7;  // a field, no version
};
struct Overridden {
    static constexpr int version = 2;
    static constexpr std::string_view type = "overridden";
};
static_assert(event_type<Many>() == "Many.v1207");
static_assert(event_type<First>() == "First");
static_assert(event_type<Counted>() == "Counted");
static_assert(event_type<Overridden>() == "overridden");

class Upcast : public ::testing::Test {
protected:
    Receipt store_old(const std::string& account, const std::vector<NewEvent>& events) {
        Commit commit;
        for (NewEvent event : events) {
            event.stream = "account-" + account;
            commit.events.push_back(std::move(event));
        }
        return store_.append(std::move(commit)).value();
    }
    template <class S>
    S state(const std::string& account) {
        return app_.load<S>(account).value().state;
    }

    Store store_ = open("memory:").value();
    App app_{store_};
};

const NewEvent first{.type = "Deposited", .data = R"({"account":"a","euros":1.5})"};
const NewEvent second{.type = "Deposited.v2", .data = R"({"account":"a","cents":20})"};
const NewEvent third{.type = "Deposited.v3", .data = R"({"account":"a","cents":3,"currency":"CHF"})"};
const NewEvent transfer{.type = "Transferred", .data = R"({"from":"a","to":"a","cents":7})"};
const NewEvent day{.type = "DayBooked", .data = R"({"account":"a","cents":[5,-3,-1]})"};

TEST_F(Upcast, a_chain_leads_through_the_versions_in_between) {
    store_old("a", {first, second, third});
    EXPECT_EQ(state<Account>("a").cents, 173);
    EXPECT_EQ(state<Account>("a").currencies, "EUREURCHF");
}

TEST_F(Upcast, one_event_becomes_two_and_a_state_may_list_one_of_them) {
    store_old("a", {transfer});
    EXPECT_EQ(state<Account>("a").cents, 0);
    EXPECT_EQ(state<Income>("a").cents, 7);
}

TEST_F(Upcast, what_becomes_nothing_is_skipped) {
    store_old("a", {{.type = "Transferred", .data = R"({"from":"a","to":"a","cents":0})"}});
    EXPECT_EQ(app_.replay<Journal>().value().ask(AllLines{}).value(), "Transferred@0+0 ");
}

TEST_F(Upcast, what_a_reader_lists_it_sees_as_it_is) {
    store_old("a", {first, second, third});
    EXPECT_EQ(state<Audited>("a").old, 2);
    EXPECT_EQ(state<Audited>("a").today, 1);
}

TEST_F(Upcast, the_stored_event_tells_more) {
    store_old("a", {{.type = "Named", .data = R"({"name":"Ada"})"}});
    EXPECT_EQ(state<Account>("a").owner, "a of Ada");
}

TEST_F(Upcast, all_that_one_event_becomes_has_its_position) {
    app_.project<Journal>();
    store_old("a", {first, day, transfer});
    const std::string lines = app_.ask(AllLines{}, after(Position{2})).value();
    EXPECT_EQ(lines, "Deposited@0+150 DayBooked@1+5 DayBooked@1-3 DayBooked@1-1 Transferred@2+7 Transferred@2-7 ");
    EXPECT_EQ(app_.replay<Journal>().value().ask(AllLines{}).value(), lines);
    const auto changes = app_.diff<Account>("a").value();
    ASSERT_EQ(changes.size(), 3u);
    EXPECT_EQ(changes[1].type, "DayBooked");
    EXPECT_EQ(changes[1].fields.at(0).after, "151");
}

TEST_F(Upcast, a_database_takes_the_rows_of_one_event_at_once_and_goes_on_behind_it) {
    const TempFolder folder;
    store_old("a", {day, first});
    for (int start = 0; start < 2; ++start) {
        App app{store_};
        app.project<Journal>(sqlite(folder.file("journal.db")));
        EXPECT_EQ(app.ask(AllLines{}, after(Position{1})).value(),
                  "DayBooked@0+5 DayBooked@0-3 DayBooked@0-1 Deposited@1+150 ");
    }
}

TEST_F(Upcast, the_past_is_read_like_the_present) {
    store_old("a", {first, second, third});
    EXPECT_EQ(app_.load<Account>("a", as_of(Revision{1})).value().state.cents, 170);
    EXPECT_EQ(app_.replay<Journal>(as_of(Position{0})).value().ask(AllLines{}).value(), "Deposited@0+150 ");
}

TEST_F(Upcast, one_that_throws_names_event_and_place_and_stops_one_reader) {
    app_.project<Journal>({.attempts = 1});
    store_old("a", {second, {.type = "Deposited", .data = R"({"account":"a","euros":-1})"}});
    store_old("b", {third});
    const auto loaded = app_.load<Account>("a");
    ASSERT_FALSE(loaded.ok());
    EXPECT_EQ(loaded.error().code, Code::unknown);
    EXPECT_EQ(
        loaded.error().message,
        "stream 'account-a' revision 1: the upcast of Deposited.v2, from event 'Deposited' at position 1 of stream "
        "'account-a', threw: nobody deposits less than nothing");
    EXPECT_EQ(app_.ask(AllLines{}, after(Position{2})).value(), "Deposited.v2@0+20 Deposited.v3@2+3 ");
    const auto aside = app_.projections().at(0).quarantined;
    ASSERT_EQ(aside.size(), 1u);
    EXPECT_EQ(aside[0].key, "account-a");
    EXPECT_NE(aside[0].error.message.find("the upcast of Deposited.v2"), std::string::npos) << aside[0].error.message;
    EXPECT_TRUE(app_.load<Account>("b").ok());
}

TEST_F(Upcast, one_that_throws_behind_the_first_part_leaves_nothing_of_that) {
    app_.project<Journal>({.attempts = 2, .first_delay = std::chrono::milliseconds(1)});
    store_old("a", {second, {.type = "HalfBooked", .data = R"({"account":"a"})"}});
    store_old("b", {third});
    EXPECT_EQ(app_.ask(AllLines{}, after(Position{2})).value(), "Deposited.v2@0+20 Deposited.v3@2+3 ");
    EXPECT_EQ(app_.projections().at(0).quarantined.size(), 1u);
}

TEST_F(Upcast, an_old_event_that_does_not_fit_is_named_with_its_old_type) {
    store_old("a", {{.type = "Deposited", .data = R"({"account":"a"})"}});
    const auto loaded = app_.load<Account>("a");
    ASSERT_FALSE(loaded.ok());
    EXPECT_NE(loaded.error().message.find("event 'Deposited' at position 0"), std::string::npos);
}

struct Book {
    std::string account;
};

TEST_F(Upcast, old_versions_are_not_decided_on) {
    app_.handle<Book, Account>(&Book::account,
                               [](const Book& c, const Account&) { return accept(v2::Deposited{c.account, 1}); });
    const auto sent = app_.send(Book{"a"});
    ASSERT_FALSE(sent.ok());
    EXPECT_EQ(sent.error().code, Code::invalid_argument);
    EXPECT_EQ(
        sent.error().message,
        "Book on account-a decided on event Deposited.v2, which Account only reads, as what replaces it; decide on "
        "that instead; nothing was written");
    EXPECT_EQ(store_.head(), Position{0});
}

TEST_F(Upcast, tests_give_old_events_in_one_line) {
    EXPECT_EQ(testing::given<Account>(v1::Deposited{"a", 1.5}, v2::Deposited{"a", 20}).state().cents, 170);
    EXPECT_EQ(testing::given_events<Journal>(DayBooked{"a", {5, -3}}).ask(AllLines{}), "DayBooked@0+5 DayBooked@0-3 ");
}

struct Tagged {
    using Events = varve::Events<Deposited>;
    static Query facts(const std::string& tag) { return {{{.tags = {tag}}}}; }
    std::int64_t cents = 0;
    void evolve(const Deposited& e) { cents += e.cents; }
};

TEST_F(Upcast, a_query_finds_old_events_by_their_tags) {
    NewEvent tagged = first;
    tagged.tags = {"gift"};
    store_old("a", {tagged, third});
    EXPECT_EQ(app_.load<Tagged>("gift").value().state.cents, 150);
}

// Through tuples, and from an old one to two that are old themselves.
struct Root {
    int a = 0, b = 0;
    auto upcast() const;
};
struct Left {
    int a = 0;
    using Replaces = Events<Root>;
};
struct Right {
    int b = 0;
    using Replaces = Events<Root>;
};
auto Root::upcast() const {
    return std::tuple(Left{a}, b > 0 ? std::optional(Right{b}) : std::nullopt);
}
struct Leaf {
    std::string text;
    using Replaces = Events<Left, Right>;
    static Leaf upcast(const Left& old) { return {"left " + std::to_string(old.a)}; }
    static std::vector<Leaf> upcast(const Right& old) { return {2, Leaf{"right " + std::to_string(old.b)}}; }
};
struct Tree {
    using Events = varve::Events<Leaf>;
    std::string leaves;
    void evolve(const Leaf& e) { leaves += e.text + ", "; }
};

TEST(UpcastTypes, what_was_split_may_come_together_again) {
    EXPECT_EQ(testing::given<Tree>(Root{1, 2}).state().leaves, "left 1, right 2, right 2, ");
    EXPECT_EQ(testing::given<Tree>(Root{1, 0}).state().leaves, "left 1, ");
}

}  // namespace
}  // namespace varve
