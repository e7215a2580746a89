/// Snapshots of states whose facts a query finds.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/snapshots_fixture.hpp"

namespace varve {
namespace {

using counters::Counted;

/// All counters together; the key is only a name.
struct Everyone {
    using Events = varve::Events<Counted>;
    static inline std::string type = "Counted";
    static inline std::atomic<int> evolved = 0;
    static Query facts(const std::string&) { return {{{.types = {type}}}}; }
    std::int64_t sum = 0, count = 0;
    void evolve(const Counted& e) {
        ++evolved;
        ++count;
        sum = sum * 7 + e.by;
    }
    friend bool operator==(const Everyone&, const Everyone&) = default;
};
struct CountAll {
    std::string counter;
};
Decision decide(const CountAll& c, const Everyone& all) {
    return accept(Counted{c.counter, all.count});
}

class SnapshotsOfFacts : public ::testing::Test {
protected:
    SnapshotsOfFacts() { open_both(); }
    ~SnapshotsOfFacts() override { Everyone::type = "Counted"; }

    void open_both() {
        app.reset();
        plain.reset();
        if (store) store->close().value();
        store = open(folder.file("store")).value();
        app = counters::open_app(*store, counters::always(folder.file("app.snapshots")));
        app->handle<CountAll, Everyone>([](const CountAll&) { return "all"; }, decide);
        plain.emplace(*store);
    }
    void append(int events) {
        counters::append(*store, "a", events);
        counters::append(*store, "b", events);
    }
    Everyone load(const AsOf& as_of = {}) {
        auto entity = app->load<Everyone>("all", as_of).value();
        const auto whole = plain->load<Everyone>("all", as_of).value();
        EXPECT_EQ(entity.state, whole.state);
        EXPECT_EQ(entity.position, whole.position);
        EXPECT_FALSE(entity.revision.has_value());
        EXPECT_TRUE(counters::written(*app));
        return entity.state;
    }
    /// How many events are folded for a load, beside those of the App without snapshots.
    int folded() {
        const int before = Everyone::evolved;
        const Everyone loaded = load();
        return Everyone::evolved - before - static_cast<int>(loaded.count);
    }

    TempFolder folder;
    std::optional<Store> store;
    std::optional<App> app, plain;
};

TEST_F(SnapshotsOfFacts, a_long_past_is_folded_from_where_the_last_fold_ended) {
    append(50);
    EXPECT_EQ(folded(), 100);
    append(2);
    EXPECT_EQ(folded(), 4);
    open_both();
    append(1);
    EXPECT_EQ(folded(), 2) << "also after a restart";
    EXPECT_EQ(app->snapshots()->used, 1U);
}

TEST_F(SnapshotsOfFacts, they_serve_commands) {
    append(50);
    load();
    open_both();
    append(1);
    const int before = Everyone::evolved;
    ASSERT_TRUE(app->send(CountAll{"a"}).ok());
    EXPECT_EQ(Everyone::evolved - before, 3) << "what was new, and its own";
    auto last = store->read({.direction = Direction::backward, .limit = 1}).value();
    EXPECT_EQ(decode_event<Counted>(*last.next())->by, 102);
    load();
}

TEST_F(SnapshotsOfFacts, the_past_is_never_answered_from_the_future) {
    for (int i = 0; i < 12; ++i) {
        append(2);
        if (i % 3 == 0) load();
    }
    std::vector<AsOf> places;
    for (std::uint64_t i = 0; i < store->head().value; ++i) places.push_back(as_of(Position{i}));
    auto cursor = store->read({}).value();
    while (const Event* event = cursor.next()) places.push_back(as_of(event->created));
    places.push_back(as_of(Timestamp{}));
    for (const AsOf& place : places) load(place);
    EXPECT_GT(app->snapshots()->used, 20U);
}

TEST_F(SnapshotsOfFacts, what_a_compaction_has_removed_does_not_come_back) {
    append(50);
    load();
    store->keep("counter-a", {.truncate_before = Revision{20}}).value();
    EXPECT_EQ(load().count, 100) << "reads by a query still find them";
    store->compact().value();
    EXPECT_EQ(load().count, 80);
    EXPECT_EQ(folded(), 0) << "and there is another snapshot now";
    open_both();
    EXPECT_EQ(folded(), 0) << "which is still good when the store is opened again";
}

TEST_F(SnapshotsOfFacts, nor_what_was_removed_while_the_program_did_not_run) {
    append(50);
    load();
    app.reset();
    store->keep("counter-a", {.truncate_before = Revision{20}}).value();
    store->compact().value();
    open_both();
    EXPECT_EQ(folded(), 80) << "the old one is not believed";
}

TEST_F(SnapshotsOfFacts, another_query_has_snapshots_of_its_own) {
    append(5);
    load();
    Everyone::type = "Nothing";
    EXPECT_EQ(load().count, 0);
    Everyone::type = "Counted";
    EXPECT_EQ(load().count, 10);
}

TEST_F(SnapshotsOfFacts, those_of_a_history_that_was_taken_back_are_not_believed) {
    append(5);
    ASSERT_TRUE(store->close().ok());
    const std::string kept = folder.file("kept");
    std::filesystem::copy(folder.file("store"), kept, std::filesystem::copy_options::recursive);
    open_both();
    append(5);
    load();
    app.reset();
    store->close().value();
    std::filesystem::remove_all(folder.file("store"));
    std::filesystem::rename(kept, folder.file("store"));
    open_both();
    counters::append(*store, "c", 10);
    EXPECT_EQ(load().count, 20);
    EXPECT_EQ(app->snapshots()->refused, 1U);
}

}  // namespace
}  // namespace varve
