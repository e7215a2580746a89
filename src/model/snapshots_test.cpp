#include "varve/snapshots.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "model/contacts_fixture.hpp"
#include "model/snapshots_fixture.hpp"
#include "model/sqlite_database.hpp"

namespace varve {
namespace {

using counters::Counter;

class SnapshotsTest : public ::testing::Test {
protected:
    /// How many events were folded for it.
    int folded(const std::function<void()>& load) {
        const int before = Counter::evolved;
        load();
        return Counter::evolved - before;
    }
    /// Loads it, and waits for the snapshot of that.
    Entity<Counter> load(const App& app, const AsOf& as_of = {}) {
        auto entity = app.load<Counter>("a", as_of).value();
        EXPECT_TRUE(counters::written(app));
        return entity;
    }
    void spoil(const std::string& sql) const {
        SqliteDatabase database(path, true);
        database.run(sql);
    }

    TempFolder folder;
    std::string path = folder.file("app.snapshots");
    Store store = open(folder.file("store")).value();
    App plain{store};
};

TEST_F(SnapshotsTest, a_long_stream_is_folded_from_where_the_last_fold_ended) {
    counters::append(store, "a", 100);
    const App app = counters::open_app(store, counters::always(path));
    EXPECT_EQ(folded([&] { load(app); }), 100);
    EXPECT_EQ(app.snapshots()->written, 1U);
    counters::append(store, "a", 3);
    EXPECT_EQ(folded([&] { load(app); }), 3);
    EXPECT_EQ(app.snapshots()->used, 1U);
    const Entity<Counter> whole = plain.load<Counter>("a").value(), quick = load(app);
    EXPECT_EQ(quick.state, whole.state);
    EXPECT_EQ(quick.revision, whole.revision);
    EXPECT_EQ(quick.position, whole.position);
}

TEST_F(SnapshotsTest, they_survive_a_restart_and_serve_commands) {
    counters::append(store, "a", 100);
    {
        const App app = counters::open_app(store, counters::always(path));
        load(app);
    }
    App app = counters::open_app(store, counters::always(path));
    EXPECT_EQ(folded([&] { EXPECT_TRUE(app.send(counters::Count{"a", 5}).ok()); }), 1)
        << "the event that it decided on";
    EXPECT_EQ(app.snapshots()->used, 1U);
    EXPECT_EQ(load(app).state, plain.load<Counter>("a").value().state);
}

TEST_F(SnapshotsTest, a_short_fold_is_not_worth_one) {
    counters::append(store, "a", 3);
    Snapshots options = snapshots(path);
    options.worth = std::chrono::hours(1);
    const App app = counters::open_app(store, options);
    load(app);
    EXPECT_EQ(app.snapshots()->written, 0U);
    EXPECT_EQ(app.snapshots()->missed, 1U);
}

TEST_F(SnapshotsTest, the_past_is_never_answered_from_the_future) {
    const App app = counters::open_app(store, counters::always(path));
    for (int i = 0; i < 12; ++i) {
        counters::append(store, "a", 3);
        counters::append(store, "b", 1);
        if (i % 3 == 0) load(app);
    }
    std::vector<AsOf> places;
    for (std::uint64_t i = 0; i < 36; ++i) places.push_back(as_of(Revision{i}));
    for (std::uint64_t i = 0; i < store.head().value; ++i) places.push_back(as_of(Position{i}));
    auto cursor = store.read({}).value();
    while (const Event* event = cursor.next()) places.push_back(as_of(event->created));
    places.push_back(as_of(Timestamp{}));
    for (const AsOf& place : places) {
        const auto quick = app.load<Counter>("a", place).value(), whole = plain.load<Counter>("a", place).value();
        EXPECT_EQ(quick.state, whole.state);
        EXPECT_EQ(quick.revision, whole.revision);
        EXPECT_EQ(quick.position, whole.position);
    }
    EXPECT_GT(app.snapshots()->used, 20U);
}

TEST_F(SnapshotsTest, only_the_newest_of_an_entity_are_kept) {
    Snapshots options = counters::always(path);
    options.per_entity = 2;
    const App app = counters::open_app(store, options);
    for (int i = 0; i < 5; ++i) {
        counters::append(store, "a", 10);
        load(app);
    }
    SqliteDatabase database(path, false);
    SqliteStatement rows(database, "SELECT count(*), min(revision) FROM varve_snapshots");
    ASSERT_TRUE(rows.step());
    EXPECT_EQ(rows.integer(), 2);
    EXPECT_EQ(rows.integer(), 39);
}

TEST_F(SnapshotsTest, what_retention_has_removed_does_not_come_back) {
    counters::append(store, "a", 50);
    const App app = counters::open_app(store, counters::always(path));
    load(app);
    const auto equal = [&](std::string_view when) {
        const auto quick = load(app), whole = plain.load<Counter>("a").value();
        EXPECT_EQ(quick.state, whole.state) << when;
        EXPECT_EQ(quick.revision, whole.revision) << when;
    };
    store.keep("counter-a", {.max_count = 7}).value();
    equal("the last seven");
    store.keep("counter-a", {}).value();
    equal("all of them again");
    store.keep("counter-a", {.truncate_before = Revision{20}}).value();
    equal("truncated");
    store.compact().value();
    store.keep("counter-a", {.truncate_before = Revision{0}}).value();
    equal("loosened after a compaction");
    store.remove("counter-a").value();
    equal("deleted");
    counters::append(store, "a", 5);
    equal("begun again");
    store.tombstone("counter-a").value();
    EXPECT_EQ(app.load<Counter>("a").error().reason, "stream.tombstoned");
}

TEST_F(SnapshotsTest, may_be_deleted_while_the_program_runs) {
    counters::append(store, "a", 50);
    const App app = counters::open_app(store, counters::always(path));
    load(app);
    std::filesystem::remove(path);
    EXPECT_EQ(folded([&] { EXPECT_EQ(load(app).state.count, 50); }), 50);
    EXPECT_TRUE(std::filesystem::exists(path)) << "made anew";
    counters::append(store, "a", 1);
    EXPECT_EQ(folded([&] { EXPECT_EQ(load(app).state.count, 51); }), 1);
}

TEST_F(SnapshotsTest, a_damaged_one_is_passed_over_and_told) {
    counters::append(store, "a", 50);
    const App app = counters::open_app(store, counters::always(path));
    load(app);
    spoil(R"(UPDATE varve_snapshots SET data = '{"sum":1,"count":1}')");
    EXPECT_EQ(folded([&] { EXPECT_EQ(load(app).state.count, 50); }), 50);
    EXPECT_EQ(app.snapshots()->refused, 1U);
    ASSERT_TRUE(app.snapshots()->error);
    EXPECT_NE(app.snapshots()->error->message.find("the snapshot of counter-a at revision 49"), std::string::npos)
        << app.snapshots()->error->message;
}

TEST_F(SnapshotsTest, files_that_are_no_snapshots_of_this_store_are_left_alone) {
    counters::append(store, "a", 50);
    const auto told = [&](const std::string& where) {
        const App app = counters::open_app(store, counters::always(where));
        EXPECT_EQ(load(app).state.count, 50);
        EXPECT_EQ(load(app).state.count, 50);
        EXPECT_EQ(app.snapshots()->used, 0U);
        const auto error = app.snapshots()->error;
        return error ? error->message : "";
    };
    std::ofstream(folder.file("text")) << std::string(5000, 'x');
    EXPECT_NE(told(folder.file("text")), "");
    EXPECT_EQ(std::filesystem::file_size(folder.file("text")), 5000U);
    SqliteDatabase(folder.file("other.db"), true).run("CREATE TABLE balances(account TEXT)");
    EXPECT_NE(told(folder.file("other.db")).find("is a database of something else"), std::string::npos);
    {
        Store other = open("memory:").value();
        counters::append(other, "a", 50);
        const App app = counters::open_app(other, counters::always(folder.file("foreign")));
        load(app);
    }
    EXPECT_NE(told(folder.file("foreign")).find("holds the snapshots of another store"), std::string::npos);
    EXPECT_NE(told(folder.file("no/folder/here")), "");
    EXPECT_NE(told(folder.file("")), "");
    EXPECT_NE(told("").find("an empty path names no file"), std::string::npos);
    EXPECT_NE(told(":memory:").find("names no file"), std::string::npos);
}

TEST_F(SnapshotsTest, a_locked_file_and_a_full_one_keep_nobody_from_an_answer) {
    counters::append(store, "a", 50);
    {
        const App app = counters::open_app(store, counters::always(path));
        load(app);
    }
    {
        SqliteDatabase holder(path, true);
        holder.run("BEGIN EXCLUSIVE");
        const App app = counters::open_app(store, counters::always(path));
        EXPECT_EQ(app.load<Counter>("a").value()->count, 50);
        holder.run("ROLLBACK");
    }
    Snapshots small = counters::always(folder.file("small"));
    small.bytes_max = 1;
    const App app = counters::open_app(store, small);
    for (int i = 0; i < 400; ++i) counters::append(store, "n" + std::to_string(i), 1);
    for (int i = 0; i < 400; ++i) {
        EXPECT_EQ(app.load<Counter>("n" + std::to_string(i)).value()->count, 1);
        EXPECT_TRUE(counters::written(app));
    }
    ASSERT_TRUE(app.snapshots()->error);
    EXPECT_EQ(app.snapshots()->error->code, Code::resource_exhausted) << app.snapshots()->error->message;
    EXPECT_EQ(app.load<Counter>("n0").value()->count, 1);
}

struct Unkeepable {
    using Events = varve::Events<counters::Counted>;
    static constexpr std::string_view category = "counter";
    std::function<void()> nothing;
    std::int64_t count = 0;
    void evolve(const counters::Counted&) { ++count; }
};

TEST_F(SnapshotsTest, the_status_names_states_that_are_never_kept) {
    counters::append(store, "a", 50);
    const App app = counters::open_app(store, counters::always(path));
    EXPECT_EQ(app.load<Unkeepable>("a").value()->count, 50);
    EXPECT_EQ(app.load<Unkeepable>("a").value()->count, 50);
    ASSERT_EQ(app.snapshots()->without.size(), 1U);
    EXPECT_EQ(app.snapshots()->without[0], "Unkeepable: it has no JSON form (varve/json.hpp), or cannot be copied");
    EXPECT_EQ(plain.snapshots().has_value(), false);
}

/// Keeps what it should not: how long a name was.
struct Nosy {
    using Events = varve::Events<contacts::Added>;
    static constexpr std::string_view category = "contact";
    std::int64_t letters = 0;
    contacts::Text name;
    void evolve(const contacts::Added& e) {
        letters = static_cast<std::int64_t>(e.name.value_or("").size());
        name = e.name;
    }
};

TEST_F(SnapshotsTest, forgetting_reaches_them_also_where_evolve_has_looked) {
    App app{store, open_keys("memory:").value(), {.snapshots = counters::always(path)}};
    contacts::wire(app);
    ASSERT_TRUE(app.send(contacts::Add{"c1", "Ada", {}}).ok());
    const auto load = [&] {
        auto entity = app.load<Nosy>("c1").value();
        EXPECT_TRUE(counters::written(app));
        return entity;
    };
    load();
    EXPECT_EQ(load()->letters, 3);
    EXPECT_EQ(load()->name.value_or("gone"), "Ada");
    EXPECT_GT(app.snapshots()->used, 0U);
    {
        std::ifstream file(path, std::ios::binary);
        const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        EXPECT_EQ(bytes.find("Ada"), std::string::npos) << "it lies sealed";
    }
    ASSERT_TRUE(app.forget("c1").ok());
    EXPECT_EQ(load()->letters, 0);
    EXPECT_EQ(load()->name.value_or("gone"), "gone");
}

}  // namespace
}  // namespace varve
