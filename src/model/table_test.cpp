#include "varve/table.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "model/sqlite_database.hpp"
#include "model/sqlite_table.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

enum class Colour { red, green };

struct Part {
    int weight = 0;
    std::string name = {};
    friend bool operator==(const Part&, const Part&) = default;
};

struct Item {
    std::string key;
    std::int64_t count = 0;
    bool fresh = false;
    double price = 0;
    Colour colour = Colour::red;
    std::optional<std::string> note = {};
    std::optional<std::int64_t> size = {};
    Timestamp made = {};
    std::vector<Part> parts = {};
    friend bool operator==(const Item&, const Item&) = default;
};

Item full() {
    return {"k\"'\xc3\xa4", -7,  true,         2.5,
            Colour::green,  "n", std::nullopt, Timestamp(std::chrono::microseconds(1'700'000'000'123'456)),
            {{3, "p"}}};
}

/// The same table in memory and in SQLite.
class TableOf : public ::testing::TestWithParam<bool> {
public:
    void SetUp() override {
        if (!GetParam()) return;
        database.emplace(folder.file("t.db"), true);
        const auto shape = Table<Item>::shape("items");
        database->run(create_statement(shape));
        items.bind(std::make_unique<SqliteTable>(*database, shape, hooks), true);
    }
    std::vector<std::string> keys() const {
        std::vector<std::string> keys;
        items.for_each([&](const Item& item) { keys.push_back(item.key); });
        return keys;
    }

    TempFolder folder;
    std::optional<SqliteDatabase> database;
    SqliteHooks hooks;
    Table<Item> items;
};

INSTANTIATE_TEST_SUITE_P(Kept, TableOf, ::testing::Bool(),
                         [](const auto& kept) { return kept.param ? "in_sqlite" : "in_memory"; });

TEST_P(TableOf, keys_by_what_they_begin_with) {
    // In the order of their bytes.
    const std::vector<std::string> all{"",    "%b",  "_b",   "a",        "a%",   "a/1",      "a/2",         "a0",
                                       "a_b", "b/1", "\x7f", "\xc3\xa4", "\xff", "\xff\xff", "\xff\xff\x01"};
    for (const std::string& key : all) items.put({.key = key});
    const auto found = [&](const std::string& prefix) {
        std::vector<std::string> keys;
        items.for_each_prefix(prefix, [&](const Item& item) { keys.push_back(item.key); });
        return keys;
    };
    const auto expected = [&](const std::string& prefix) {
        std::vector<std::string> keys;
        for (const std::string& key : all) {
            if (key.starts_with(prefix)) keys.push_back(key);
        }
        return keys;
    };
    for (const char* prefix : {"", "a", "a/", "a%", "%", "_", "a_", "b/1", "b/12", "nobody", "\x7f", "\xc3", "\xc3\xa4",
                               "\xff", "\xff\xff", "\xff\xff\xff"}) {
        EXPECT_EQ(found(prefix), expected(prefix)) << "prefix '" << prefix << "'";
    }
    EXPECT_EQ(found("a/").size(), 2U);
    std::size_t seen = 0;
    items.for_each_prefix("a", [&](const Item&) { return ++seen < 2; });
    EXPECT_EQ(seen, 2U);
}

TEST_P(TableOf, pages_of_keys_by_what_they_begin_with) {
    for (const char* key : {"a/1", "a/2", "a/3", "a0", "b/1"}) items.put({.key = key});
    const Page<Item> first = items.page_prefix("a/", {.limit = 2, .direction = Direction::backward});
    ASSERT_EQ(first.rows.size(), 2U);
    EXPECT_EQ(first.rows[0].key, "a/3");
    const Page<Item> rest =
        items.page_prefix("a/", {.cursor = first.next, .limit = 2, .direction = Direction::backward});
    ASSERT_EQ(rest.rows.size(), 1U);
    EXPECT_EQ(rest.rows[0].key, "a/1");
    EXPECT_TRUE(rest.next.empty());
}

TEST_P(TableOf, gives_back_what_was_put) {
    items.put(full());
    items.put({.key = "empty"});
    for (const auto& flush : hooks.before_commit) flush();
    EXPECT_EQ(items.get(full().key), full());
    EXPECT_EQ(items.get("empty"), Item{.key = "empty"});
    EXPECT_EQ(items.get("none"), std::nullopt);
    EXPECT_EQ(items.size(), 2U);
    EXPECT_EQ(items.all(), (std::vector<Item>{{.key = "empty"}, full()}));
}

TEST_P(TableOf, update_makes_a_row_and_keeps_its_key) {
    for (int i = 0; i < 3; ++i) {
        items.update("a", [](Item& item) {
            ++item.count;
            item.key = "other";
        });
    }
    EXPECT_EQ(items.get("a")->count, 3);
    EXPECT_EQ(items.size(), 1U);
}

TEST_P(TableOf, put_replaces_and_erase_removes) {
    items.put({.key = "a", .count = 1});
    items.put({.key = "a", .count = 2});
    EXPECT_EQ(items.size(), 1U);
    EXPECT_EQ(items.get("a")->count, 2);
    EXPECT_TRUE(items.erase("a"));
    EXPECT_FALSE(items.erase("a"));
    EXPECT_FALSE(items.contains("a"));
    EXPECT_TRUE(items.empty());
}

TEST_P(TableOf, walks_in_the_order_of_keys) {
    for (const char* key : {"b", "d", "a", "c"}) items.put({.key = key});
    EXPECT_EQ(keys(), (std::vector<std::string>{"a", "b", "c", "d"}));
    std::string seen;
    items.for_each("b", "d", [&](const Item& item) { seen += item.key; });
    EXPECT_EQ(seen, "bc");
    seen.clear();
    items.for_each_from("c", [&](const Item& item) { seen += item.key; });
    EXPECT_EQ(seen, "cd");
    seen.clear();
    items.for_each([&](const Item& item) {
        seen += item.key;
        return item.key != "b";
    });
    EXPECT_EQ(seen, "ab");
}

TEST_P(TableOf, many_rows_survive_the_bound_of_what_is_kept_back) {
    for (int i = 0; i < 40'000; ++i) items.put({.key = std::to_string(i), .count = i});
    for (int i = 0; i < 40'000; i += 2) items.erase(std::to_string(i));
    for (const auto& flush : hooks.before_commit) flush();
    EXPECT_EQ(items.size(), 20'000U);
    EXPECT_EQ(items.get("39999")->count, 39'999);
    EXPECT_FALSE(items.contains("39998"));
}

struct Large {
    std::uint64_t key = 0;
    std::uint8_t small = 0;
};

TEST(TableInSqlite, refuses_what_does_not_fit_a_column) {
    const TempFolder folder;
    SqliteDatabase database(folder.file("t.db"), true);
    const auto shape = Table<Large>::shape("large");
    database.run(create_statement(shape));
    SqliteHooks hooks;
    Table<Large> table;
    table.bind(std::make_unique<SqliteTable>(database, shape, hooks), true);
    EXPECT_THROW(static_cast<void>(table.get(~0ULL)), Failure);
    table.put({1, 255});
    EXPECT_EQ(table.size(), 1U);
    database.run("UPDATE large SET small = 256");
    Table<Large> reader;
    reader.bind(std::make_unique<SqliteTable>(database, shape, hooks), false);
    EXPECT_THROW(static_cast<void>(reader.get(1)), Failure);
    EXPECT_THROW(reader.put({2, 1}), Failure);
}

struct Measured {
    std::int64_t key = 0;
    Timestamp at = {};
    double much = 0;
    std::optional<float> more = {};
};

TEST(TableInSqlite, refuses_what_it_could_not_read_again) {
    const TempFolder folder;
    SqliteDatabase database(folder.file("t.db"), true);
    const auto shape = Table<Measured>::shape("measured");
    database.run(create_statement(shape));
    SqliteHooks hooks;
    const auto bound = [&](bool writes) {
        Table<Measured> table;
        table.bind(std::make_unique<SqliteTable>(database, shape, hooks), writes);
        return table;
    };
    const std::chrono::sys_days first = std::chrono::year(0) / 1 / 1;
    const std::chrono::sys_days last = std::chrono::year(9999) / 12 / 31;
    constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
    for (const Measured& refused : {Measured{.at = Timestamp::max()}, Measured{.at = Timestamp::min()},
                                    Measured{.at = last + std::chrono::days(1)}, Measured{.much = not_a_number},
                                    Measured{.more = std::numeric_limits<float>::quiet_NaN()}}) {
        auto table = bound(true);
        table.put(refused);
        EXPECT_THROW(static_cast<void>(table.size()), Failure);
    }
    auto table = bound(true);
    table.put({.key = 1, .at = first, .much = -std::numeric_limits<double>::infinity()});
    table.put({.key = 2, .at = last});
    EXPECT_EQ(table.size(), 2U);
    const auto reader = bound(false);
    EXPECT_EQ(reader.get(1)->at, first);
    EXPECT_EQ(reader.get(1)->much, -std::numeric_limits<double>::infinity());
    EXPECT_EQ(reader.get(2)->at, last);
}

TEST(TableInSqlite, a_change_that_looks_at_the_table_is_kept) {
    const TempFolder folder;
    SqliteDatabase database(folder.file("t.db"), true);
    const auto shape = Table<Measured>::shape("measured");
    database.run(create_statement(shape));
    SqliteHooks hooks;
    Table<Measured> table, reader;
    table.bind(std::make_unique<SqliteTable>(database, shape, hooks), true);
    reader.bind(std::make_unique<SqliteTable>(database, shape, hooks), false);
    const auto number = [&](std::int64_t key) {
        table.update(key, [&](Measured& row) {
            row.much = static_cast<double>(table.size());
            table.update(key + 1, [&](Measured& next) { next.much = static_cast<double>(table.size()); });
        });
        static_cast<void>(table.size());
        EXPECT_EQ(reader.get(key)->much + 1, reader.get(key + 1)->much);
    };
    number(1);
    // More rows than are kept in memory.
    for (std::int64_t key = 10; key < 10'000; ++key) table.put({.key = key});
    number(20'000);
    EXPECT_EQ(reader.get(20'001)->much, 9994.0);
}

TEST(TableInSqlite, says_what_it_creates) {
    EXPECT_EQ(
        create_statement(Table<Large>::shape("la\"rge")),
        R"(CREATE TABLE "la""rge" ("key" INTEGER NOT NULL PRIMARY KEY, "small" INTEGER NOT NULL) STRICT, WITHOUT ROWID)");
}

TEST(Table, undoes_what_came_after_its_mark) {
    Table<Item> table;
    table.put({"a", 1});
    table.put({"b", 2});
    EXPECT_FALSE(table.undo());
    table.mark();
    table.put({"c", 3});
    table.mark();
    table.put({"a", 10});
    table.update("a", [](Item& row) { row.count += 5; });
    table.erase("b");
    table.put({"b", 7});
    table.erase("c");
    table.put({"d", 4});
    table.update("e", [](Item& row) { row.count = 5; });
    EXPECT_TRUE(table.undo());
    const auto rows = table.all();
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].count, 1);
    EXPECT_EQ(rows[1].count, 2);
    EXPECT_EQ(rows[2].count, 3);
}

TEST(Table, undoes_nothing_of_an_earlier_mark_that_saw_more_changes) {
    Table<Item> table;
    table.put({"a", 1});
    table.mark();
    for (const std::string key : {"a", "b", "c", "d"}) table.put({key, 10});
    table.mark();
    table.put({"c", 20});
    table.put({"e", 20});
    EXPECT_TRUE(table.undo());
    EXPECT_TRUE(table.undo());
    const auto rows = table.all();
    ASSERT_EQ(rows.size(), 4U);
    for (const Item& row : rows) EXPECT_EQ(row.count, 10);
    table.mark();
    table.erase("a");
    table.put({"f", 30});
    EXPECT_TRUE(table.undo());
    EXPECT_TRUE(table.contains("a"));
    EXPECT_FALSE(table.contains("f"));
}

TEST(Table, says_when_too_much_has_changed_to_be_undone) {
    Table<Item> table;
    table.mark();
    for (std::size_t i = 0; i < limits::undo_rows; ++i) table.update("a", [](Item& row) { ++row.count; });
    EXPECT_TRUE(table.undo());
    EXPECT_TRUE(table.empty());
    table.mark();
    for (std::size_t i = 0; i <= limits::undo_rows; ++i) table.update("a", [](Item& row) { ++row.count; });
    EXPECT_FALSE(table.undo());
}

}  // namespace
}  // namespace varve
