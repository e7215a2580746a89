#include "varve/page.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "model/bank_fixture.hpp"
#include "model/sqlite_database.hpp"
#include "model/sqlite_table.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

struct Line {
    std::int64_t number;
    std::string text = {};
};
struct OtherLine {
    std::int64_t number;
};

/// The same table in memory and in SQLite.
class Pages : public ::testing::TestWithParam<bool> {
public:
    void SetUp() override {
        if (!GetParam()) return;
        database.emplace(folder.file("t.db"), true);
        const auto shape = Table<Line>::shape("lines");
        database->run(create_statement(shape));
        lines.bind(std::make_unique<SqliteTable>(*database, shape, hooks), true);
    }
    /// The numbers of all pages from the first on; `between` is called between two.
    template <class F>
    std::vector<std::int64_t> walk(PageRequest request, F between) {
        std::vector<std::int64_t> numbers;
        for (;;) {
            const Page<Line> page = lines.page(request);
            EXPECT_LE(page.rows.size(), request.limit);
            for (const Line& line : page.rows) numbers.push_back(line.number);
            if (page.next.empty()) return numbers;
            EXPECT_EQ(page.rows.size(), request.limit);
            request.cursor = page.next;
            between();
        }
    }

    TempFolder folder;
    std::optional<SqliteDatabase> database;
    SqliteHooks hooks;
    Table<Line> lines;
};

INSTANTIATE_TEST_SUITE_P(Kept, Pages, ::testing::Bool(),
                         [](const auto& kept) { return kept.param ? "in_sqlite" : "in_memory"; });

TEST_P(Pages, hold_every_row_once_in_both_directions) {
    for (std::int64_t i = 0; i < 7; ++i) lines.put({i});
    const auto nothing = [] {};
    for (const std::size_t limit : {1U, 2U, 6U, 7U, 8U, 1000U}) {
        EXPECT_EQ(walk({.limit = limit}, nothing), (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6}));
        EXPECT_EQ(walk({.limit = limit, .direction = Direction::backward}, nothing),
                  (std::vector<std::int64_t>{6, 5, 4, 3, 2, 1, 0}));
    }
    EXPECT_TRUE(Table<Line>().page({}).rows.empty());
    EXPECT_EQ(Table<Line>().page({}).next, "");
}

TEST_P(Pages, stay_within_their_range) {
    for (std::int64_t i = 0; i < 9; ++i) lines.put({i});
    for (const Direction direction : {Direction::forward, Direction::backward}) {
        std::multiset<std::int64_t> numbers;
        PageRequest request{.limit = 2, .direction = direction};
        do {
            const Page<Line> page = lines.page(2, 7, request);
            for (const Line& line : page.rows) numbers.insert(line.number);
            request.cursor = page.next;
        } while (!request.cursor.empty());
        EXPECT_EQ(numbers, (std::multiset<std::int64_t>{2, 3, 4, 5, 6}));
    }
    EXPECT_TRUE(lines.page(7, 2, {}).rows.empty());
    EXPECT_TRUE(lines.page(7, 7, {.direction = Direction::backward}).rows.empty());
}

TEST_P(Pages, a_walk_gives_what_stayed_once_whatever_comes_and_goes) {
    for (unsigned seed = 0; seed < 40; ++seed) {
        std::mt19937 random(seed);
        const auto below = [&](unsigned end) { return static_cast<std::int64_t>(random() % end); };
        std::set<std::int64_t> stayed;
        lines.for_each([&](const Line& line) { stayed.insert(line.number); });
        for (const std::int64_t number : stayed) lines.erase(number);
        stayed.clear();
        for (int i = 0; i < 60; ++i) stayed.insert(2 * below(100));
        for (const std::int64_t number : stayed) lines.put({number});
        const PageRequest request{.limit = 1 + random() % 7,
                                  .direction = seed % 2 == 0 ? Direction::forward : Direction::backward};
        const auto numbers = walk(request, [&] {
            for (int i = 0; i < 4; ++i) {
                lines.put({2 * below(100) + 1});
                const std::int64_t gone = below(200);
                lines.erase(gone);
                stayed.erase(gone);
                if (!stayed.empty()) lines.update(*stayed.begin(), [](Line& line) { line.text += "x"; });
            }
        });
        std::map<std::int64_t, int> times;
        for (const std::int64_t number : numbers) ++times[number];
        for (const auto& [number, count] : times) EXPECT_EQ(count, 1) << number << ", seed " << seed;
        for (const std::int64_t number : stayed) EXPECT_EQ(times[number], 1) << number << ", seed " << seed;
        EXPECT_TRUE(request.direction == Direction::forward ? std::ranges::is_sorted(numbers)
                                                            : std::ranges::is_sorted(numbers.rbegin(), numbers.rend()));
    }
}

TEST_P(Pages, a_cursor_goes_on_where_its_row_was_erased) {
    for (std::int64_t i = 0; i < 5; ++i) lines.put({i});
    const std::string next = lines.page({.limit = 2}).next;
    lines.erase(1);
    EXPECT_EQ(lines.page({.cursor = next, .limit = 1}).rows.at(0).number, 2);
    for (std::int64_t i = 0; i < 5; ++i) lines.erase(i);
    EXPECT_TRUE(lines.page({.cursor = next}).rows.empty());
}

TEST_P(Pages, a_cursor_of_another_walk_is_refused) {
    for (std::int64_t i = 0; i < 5; ++i) lines.put({i});
    const std::string next = lines.page({.limit = 2}).next;
    EXPECT_THROW(static_cast<void>(lines.page(0, 5, {.cursor = next})), Failure);
    EXPECT_THROW(static_cast<void>(lines.page({.cursor = next, .direction = Direction::backward})), Failure);
    Table<OtherLine> others;
    EXPECT_THROW(static_cast<void>(others.page({.cursor = next})), Failure);
}

struct Statement {
    PageRequest page;
    using Answer = Page<bank::Balance>;
};
struct Statements {
    using Events = varve::Events<bank::Opened>;
    using Queries = varve::Queries<Statement>;
    Table<bank::Balance> balances;
    void on(const bank::Opened& e) { balances.put({e.account, 0}); }
    Page<bank::Balance> answer(const Statement& q) const { return balances.page(q.page); }
};

TEST_P(Pages, are_answers_like_others) {
    App app = bank::in_memory();
    GetParam() ? app.project<Statements>(sqlite(folder.file("statements.db"))) : app.project<Statements>();
    Result<Receipt> receipt = Error{};
    for (const char* name : {"a", "b", "c"}) receipt = app.send(bank::Open{name, "x"});
    const auto first = app.ask(Statement{{.limit = 2}}, after(receipt));
    ASSERT_TRUE(first.ok()) << first.error();
    EXPECT_EQ(first->rows.at(1).account, "b");
    EXPECT_EQ(first.position(), Position{3});
    const auto second = app.ask(Statement{{.cursor = first->next, .limit = 2}});
    EXPECT_EQ(second->rows.at(0).account, "c");
    EXPECT_EQ(second->next, "");

    const auto forged = app.ask(Statement{{.cursor = "forged"}});
    EXPECT_EQ(forged.error().code, Code::invalid_argument);
    EXPECT_EQ(forged.error().message,
              "answer(Statement) of projection Statements: the page's cursor is no cursor of this program; begin "
              "without one, and pass on Page::next as it is");
    EXPECT_EQ(app.ask(Statement{{.limit = 0}}).error().code, Code::invalid_argument);
    const auto past = app.replay<Statements>(as_of(Position{0}));
    EXPECT_EQ(past->ask(Statement{}).value().rows.size(), 1U);
    EXPECT_EQ(past->ask(Statement{{.limit = 1001}}).error().code, Code::invalid_argument);
}

}  // namespace
}  // namespace varve
