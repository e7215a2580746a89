// Selection by query: what an item means, both ways, with bounds, and live.
#include <random>

#include "conformance/suite.hpp"

namespace varve::conformance {
namespace {

using Numbers = std::vector<std::uint64_t>;
using Item = Query::Item;
constexpr Direction backward = Direction::backward;

class Queries : public Conformance {
protected:
    /// Appends an event that belongs to a stream of its own, so that streams never explain what is found.
    void add(std::string type, std::vector<std::string> tags) {
        const std::string stream = "s" + std::to_string(added_++) + "-1";
        const auto receipt =
            store().append({.events = {{.stream = stream, .type = std::move(type), .tags = std::move(tags)}}});
        ASSERT_TRUE(receipt) << receipt.error();
    }
    [[nodiscard]] Numbers found(std::vector<Item> items) {
        const Query query{std::move(items)};
        const Numbers forward = places(store(), {.source = query});
        Numbers back = places(store(), {.source = query, .direction = backward});
        std::reverse(back.begin(), back.end());
        EXPECT_EQ(forward, back) << to_string(query);
        return forward;
    }
    void add_some() {
        add("A", {});               // 0
        add("A", {"x"});            // 1
        add("B", {"x", "y"});       // 2
        add("B", {"y"});            // 3
        add("C", {"y", "x", "z"});  // 4
        add("x", {"A"});            // 5
        add("A", {"xy"});           // 6
    }
    int added_ = 0;
};

INSTANTIATE_TEST_SUITE_P(engines, Queries, ::testing::ValuesIn(engines()), engine_name);

TEST_P(Queries, an_item_is_any_of_its_types_and_all_of_its_tags) {
    add_some();
    EXPECT_EQ(found({{.types = {"A"}}}), (Numbers{0, 1, 6}));
    EXPECT_EQ(found({{.types = {"A", "C"}}}), (Numbers{0, 1, 4, 6}));
    EXPECT_EQ(found({{.tags = {"x"}}}), (Numbers{1, 2, 4}));
    EXPECT_EQ(found({{.tags = {"x", "y"}}}), (Numbers{2, 4}));
    EXPECT_EQ(found({{.tags = {"y", "x"}}}), (Numbers{2, 4}));
    EXPECT_EQ(found({{.types = {"A", "B"}, .tags = {"x"}}}), (Numbers{1, 2}));
    EXPECT_EQ(found({{.types = {"B", "C"}, .tags = {"x", "y"}}}), (Numbers{2, 4}));
    EXPECT_EQ(found({{.types = {"A"}, .tags = {"x", "y"}}}), Numbers{});
    EXPECT_EQ(found({{.types = {"D"}}}), Numbers{});
    EXPECT_EQ(found({{.tags = {"x", "nowhere"}}}), Numbers{});
}

TEST_P(Queries, items_are_joined_by_or_and_an_event_comes_once) {
    add_some();
    EXPECT_EQ(found({{.types = {"C"}}, {.types = {"A"}}}), (Numbers{0, 1, 4, 6}));
    EXPECT_EQ(found({{.tags = {"x"}}, {.tags = {"y"}}}), (Numbers{1, 2, 3, 4}));
    EXPECT_EQ(found({{.types = {"A"}, .tags = {"x"}}, {.types = {"B"}, .tags = {"y"}}}), (Numbers{1, 2, 3}));
    EXPECT_EQ(found({{.tags = {"x"}}, {.tags = {"x"}}, {.types = {"B", "B"}, .tags = {"x", "x"}}}), (Numbers{1, 2, 4}));
    EXPECT_EQ(found({{.types = {"D"}}, {.tags = {"z"}}}), Numbers{4});
}

TEST_P(Queries, types_and_tags_are_not_mixed_up_and_compared_whole) {
    add_some();
    EXPECT_EQ(found({{.types = {"x"}}}), Numbers{5});
    EXPECT_EQ(found({{.tags = {"A"}}}), Numbers{5});
    EXPECT_EQ(found({{.tags = {"xy"}}}), Numbers{6});
    EXPECT_EQ(found({{.types = {"a"}}}), Numbers{});
}

TEST_P(Queries, bounds_and_limits_work_as_for_every_source) {
    add_some();
    const Query x_or_y{{{.tags = {"x"}}, {.tags = {"y"}}}};  // 1 2 3 4
    EXPECT_EQ(places(store(), {.source = x_or_y, .from = Position{2}, .until = Position{3}}), (Numbers{2, 3}));
    EXPECT_EQ(places(store(), {.source = x_or_y, .direction = backward, .from = Position{3}, .until = Position{2}}),
              (Numbers{3, 2}));
    EXPECT_EQ(places(store(), {.source = x_or_y, .limit = 2}), (Numbers{1, 2}));
    EXPECT_EQ(places(store(), {.source = x_or_y, .direction = backward, .limit = 2}), (Numbers{4, 3}));
    EXPECT_EQ(places(store(), {.source = x_or_y, .limit = 0}), Numbers{});
    EXPECT_EQ(places(store(), {.source = x_or_y, .from = Position{5}}), Numbers{});
    EXPECT_EQ(places(store(), {.source = x_or_y, .from = Position{50}}), Numbers{});
    const auto all = read_all(store());
    Numbers until_then;
    for (const Seen& event : all) {
        if (event.created <= all[3].created && event.position >= Position{1} && event.position <= Position{4})
            until_then.push_back(event.position.value);
    }
    EXPECT_EQ(places(store(), {.source = x_or_y, .as_of = all[3].created}), until_then);
    EXPECT_EQ(places(store(), {.source = x_or_y, .as_of = all[0].created - std::chrono::seconds(1)}), Numbers{});
}

TEST_P(Queries, what_asks_for_nothing_is_refused_and_never_all) {
    add_some();
    expect_error(store().read({.source = Query{}}), Code::invalid_argument, {"no item"});
    expect_error(store().read({.source = Query{{{.types = {"A"}}, {}}}}), Code::invalid_argument, {"item 2"});
    expect_error(store().subscribe({.source = Query{}}), Code::invalid_argument, {"no item"});
    expect_error(store().subscribe({.source = Query{{Item{}}}}), Code::invalid_argument, {"item 1"});
    expect_error(store().read({.source = Query{{{.types = {"A"}}}}, .from_revision = Revision{1}}),
                 Code::invalid_argument);
    Commit commit = Commit{}.append("a-1", Expected::any(), {fact("T")}).unless({});
    expect_error(store().append(commit), Code::invalid_argument, {"condition 1", "no item"});
    commit.conditions.assign(1, StreamIs{"a-1", Expected::none()});
    commit.unless({{{.types = {"A"}}, Item{}}});
    expect_error(store().append(commit), Code::invalid_argument, {"condition 2", "item 2"});
    EXPECT_EQ(store().head(), Position{7});
}

TEST_P(Queries, limits_at_and_over) {
    const auto names = [](std::size_t count) {
        std::vector<std::string> all;
        for (std::size_t n = 0; n < count; ++n) all.push_back(std::to_string(n));
        return all;
    };
    const auto query_of = [&](std::size_t items, std::size_t terms) {
        Query query;
        query.items.assign(items, Item{.tags = {"x"}});
        query.items.front().types = names(terms - items);
        return query;
    };
    add("5", {"x"});
    const auto refuse = [&](const Query& query, const std::vector<std::string>& words) {
        expect_error(store().read({.source = query}), Code::invalid_argument, words);
        expect_error(store().subscribe({.source = query}), Code::invalid_argument, words);
        expect_error(store().append(Commit{}.append("a", Expected::any(), {fact("T")}).unless(query)),
                     Code::invalid_argument, words);
    };
    const auto accept = [&](const Query& query) {
        EXPECT_EQ(places(store(), {.source = query}), Numbers{0});
        EXPECT_TRUE(store().append(Commit{}.append("a", Expected::any(), {fact("T")}).unless(query, Position{0})));
    };
    accept(query_of(limits::query_items - 1, 100));
    accept(query_of(limits::query_items, 100));
    refuse(query_of(limits::query_items + 1, 100), {"65", "items", "64"});
    accept(query_of(1, limits::query_terms - 1));
    accept(query_of(1, limits::query_terms));
    refuse(query_of(1, limits::query_terms + 1), {"257", "256"});
    const auto x = [](std::size_t bytes) { return std::string(bytes, 'x'); };
    EXPECT_TRUE(
        store().read({.source = Query{{{.types = {x(limits::type_name_bytes)}, .tags = {x(limits::tag_bytes)}}}}}));
    refuse({{{.types = {x(limits::type_name_bytes + 1)}}}}, {"item 1", "type 1", "257", "256"});
    refuse({{{.tags = {"x", x(limits::tag_bytes + 1)}}}}, {"item 1", "tag 2", "256", "255"});
    refuse({{{.types = {""}}}}, {"type 1", "empty"});
    refuse({{{.tags = {"a\nb"}}}}, {"tag 1", "control"});

    Commit many = Commit{}.append("a", Expected::any(), {fact("T")});
    const Query quarter{{{.types = names(limits::query_terms)}}};
    for (std::size_t terms = 0; terms < limits::query_terms_per_commit; terms += limits::query_terms) {
        many.unless(quarter, Position{0});
    }
    EXPECT_TRUE(store().append(many));
    many.unless({{{.tags = {"one more"}}}});
    expect_error(store().append(many), Code::invalid_argument, {"4097", "4096"});
}

TEST_P(Queries, a_query_as_text) {
    EXPECT_EQ(to_string(Query{{{.types = {"A", "B"}, .tags = {"x", "y"}}, {.tags = {"z"}}}}),
              "type 'A' or 'B' with tags 'x' and 'y'; or tag 'z'");
    EXPECT_LT(to_string(Query{{{.types = std::vector(100, std::string(250, 'x'))}}}).size(), 1500U);
}

TEST_P(Queries, a_subscription_catches_up_and_goes_on_live) {
    const Query query{{{.types = {"A"}}, {.tags = {"x", "y"}}}};
    add_some();
    auto subscription = store().subscribe({.source = query, .from = Position{1}}).value();
    const auto next = [&]() -> std::optional<std::uint64_t> {
        const auto event = subscription.next(soon());
        if (!event || *event == nullptr) return std::nullopt;
        return (*event)->position.value;
    };
    for (const std::uint64_t expected : {1U, 2U, 4U, 6U}) EXPECT_EQ(next(), expected);
    EXPECT_EQ(subscription.next(now()).value(), nullptr);
    add("B", {"x"});       // 7: not ours
    add("A", {});          // 8
    add("C", {});          // 9: not ours
    add("C", {"y", "x"});  // 10
    EXPECT_EQ(next(), 8U);
    EXPECT_EQ(next(), 10U);
    EXPECT_EQ(subscription.next(now()).value(), nullptr);
}

TEST_P(Queries, long_walks_find_everything_whatever_the_density) {
    static constexpr std::uint64_t events = 6000;
    std::vector<NewEvent> batch;
    for (std::uint64_t n = 0; n < events; ++n) {
        NewEvent event{.stream = "s-" + std::to_string(n % 7), .type = n % 3 == 0 ? "Third" : "Other"};
        event.tags = {n % 2 == 0 ? "even" : "odd"};
        if (n % 500 == 499) event.tags.emplace_back("rare");
        if (n == 4000) event.tags.emplace_back("once");
        batch.push_back(std::move(event));
    }
    ASSERT_TRUE(store().append({.events = std::move(batch)}));
    const auto expected = [](auto holds) {
        Numbers all;
        for (std::uint64_t n = 0; n < events; ++n) {
            if (holds(n)) all.push_back(n);
        }
        return all;
    };
    EXPECT_EQ(found({{.types = {"Third"}, .tags = {"even"}}}), expected([](auto n) { return n % 6 == 0; }));
    EXPECT_EQ(found({{.types = {"Third", "Other"}, .tags = {"odd", "rare"}}}),
              expected([](auto n) { return n % 500 == 499; }));
    EXPECT_EQ(found({{.tags = {"even", "rare"}}}), Numbers{});
    EXPECT_EQ(found({{.tags = {"once", "even"}}, {.tags = {"rare"}}}),
              expected([](auto n) { return n == 4000 || n % 500 == 499; }));
    EXPECT_EQ(found({{.types = {"Third"}, .tags = {"once"}}}), Numbers{});
}

TEST_P(Queries, are_answered_the_same_after_reopening) {
    if (!GetParam().can_reopen) GTEST_SKIP() << "its events end with it";
    add_some();
    for (int opening = 0; opening < 2; ++opening) {
        reopen();
        EXPECT_EQ(found({{.types = {"A"}}, {.tags = {"x", "y"}}}), (Numbers{0, 1, 2, 4, 6}));
        EXPECT_EQ(found({{.types = {"B"}, .tags = {"y"}}}), (Numbers{2, 3}));
    }
    add("B", {"y"});
    EXPECT_EQ(found({{.types = {"B"}, .tags = {"y"}}}), (Numbers{2, 3, 7}));
}

}  // namespace
}  // namespace varve::conformance
