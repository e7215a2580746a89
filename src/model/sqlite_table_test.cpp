#include "model/sqlite_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/bank_fixture.hpp"
#include "model/temp_folder_fixture.hpp"

namespace varve {
namespace {

using bank::Deposited;

/// Neither their names nor their digits sort as they do.
enum class Size { medium = 9, large = 30, small = 2, huge = 100 };

using Seconds = std::chrono::seconds;
using Fraction = std::chrono::duration<double>;

template <class Key>
Key made(std::int64_t number) {
    if constexpr (std::is_same_v<Key, Position> || std::is_same_v<Key, Revision>) {
        return Key{static_cast<std::uint64_t>(number)};
    } else if constexpr (std::is_same_v<Key, Timestamp>) {
        return Timestamp(std::chrono::microseconds(number));
    } else if constexpr (std::is_same_v<Key, EventId>) {
        EventId id;
        id.bytes.back() = static_cast<std::uint8_t>(number);
        return id;
    } else if constexpr (std::is_same_v<Key, bool>) {
        return number > 9;
    } else if constexpr (std::is_same_v<Key, Seconds> || std::is_same_v<Key, Fraction>) {
        return Key(number - 9);
    } else {
        return static_cast<Key>(number);
    }
}

struct Walk {
    using Answer = std::vector<std::int64_t>;
};

/// All rows, and those of a range, forward and back.
template <class Key>
struct Shelf {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Walk>;
    struct Row {
        Key key{};
        std::int64_t number = 0;
        Key again{};
    };
    Table<Row> rows;
    void on(const Deposited& e) { rows.put({made<Key>(e.cents), e.cents, made<Key>(e.cents)}); }
    std::vector<std::int64_t> answer(const Walk&) const {
        std::vector<std::int64_t> numbers;
        const auto note = [&](const Row& row) {
            EXPECT_EQ(row.key, row.again);
            numbers.push_back(row.number);
        };
        rows.for_each(note);
        rows.for_each(made<Key>(9), made<Key>(100), note);
        for (const Row& row : rows.page({.limit = 3, .direction = Direction::backward}).rows) note(row);
        if (const auto row = rows.get(made<Key>(30))) note(*row);
        return numbers;
    }
};

template <class Key>
class OrderOf : public ::testing::Test {};
using Keys = ::testing::Types<Position, Revision, Size, Seconds, Fraction, Timestamp, EventId, bool, std::int8_t,
                              std::uint64_t, double>;
TYPED_TEST_SUITE(OrderOf, Keys);

TYPED_TEST(OrderOf, keys_is_that_in_memory) {
    const TempFolder folder;
    App app = bank::in_memory();
    app.send(bank::Open{"a1", "Ann"}).value();
    Result<Receipt> last = Error{};
    for (const std::int64_t number : {9, 100, 2, 30}) last = app.send(bank::Deposit{"a1", number});
    const auto walk = [&](const ProjectionOptions& options) {
        App reader{app.store()};
        reader.project<Shelf<TypeParam>>(options).value();
        return reader.ask(Walk{}, after(last)).value();
    };
    const auto in_memory = walk({});
    EXPECT_EQ(walk({.file = sqlite(folder.file("shelf.db"))}), in_memory);
    EXPECT_EQ(walk({.file = sqlite(folder.file("shelf.db"))}), in_memory) << "opened again";
    if constexpr (!std::is_same_v<TypeParam, bool>) {
        EXPECT_EQ(in_memory, (std::vector<std::int64_t>{2, 9, 30, 100, 9, 30, 100, 30, 9, 30}));
    }
}

template <class Key>
struct Keyed {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Walk>;
    struct Row {
        Key key{};
        std::int64_t cents = 0;
    };
    Table<Row> rows;
    void on(const Deposited& e) { rows.put({{}, e.cents}); }
    std::vector<std::int64_t> answer(const Walk&) const { return {}; }
};

/// Refused with this, in SQLite only.
template <class P>
void expect_refused(const std::string& part) {
    const TempFolder folder;
    App app = bank::in_memory();
    const auto refused = app.project<P>(sqlite(folder.file("rows.db")));
    ASSERT_FALSE(refused.ok()) << part;
    EXPECT_EQ(refused.error().code, Code::invalid_argument) << refused.error();
    EXPECT_NE(refused.error().message.find(part), std::string::npos) << refused.error();
    App other = bank::in_memory();
    EXPECT_TRUE(other.project<P>().ok()) << part;
}

TEST(SqliteTable, keys_that_would_be_in_another_order_are_refused) {
    const std::string why = "the key key of table rows cannot be kept in SQLite, where rows would be in another order";
    expect_refused<Keyed<std::pair<int, int>>>(why);
    expect_refused<Keyed<std::vector<int>>>(why);
    expect_refused<Keyed<std::array<std::string, 2>>>(why);
    expect_refused<Keyed<std::optional<int>>>(why);
}

struct Twins {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Walk>;
    struct Row {
        std::string account;
        std::int64_t cents = 0, Cents = 0;
    };
    Table<Row> rows;
    void on(const Deposited&) {}
    std::vector<std::int64_t> answer(const Walk&) const { return {}; }
};
struct TwoTables {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Walk>;
    Table<bank::Balance> rows, Rows;
    void on(const Deposited&) {}
    std::vector<std::int64_t> answer(const Walk&) const { return {}; }
};
struct Ours {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Walk>;
    Table<bank::Balance> Varve_checkpoint;
    void on(const Deposited&) {}
    std::vector<std::int64_t> answer(const Walk&) const { return {}; }
};
struct Theirs {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Walk>;
    Table<bank::Balance> sqlite_master;
    void on(const Deposited&) {}
    std::vector<std::int64_t> answer(const Walk&) const { return {}; }
};

TEST(SqliteTable, names_that_sqlite_takes_for_others_are_refused) {
    expect_refused<Twins>("fields cents and Cents of table rows cannot be kept in SQLite");
    expect_refused<TwoTables>("tables rows and Rows cannot be kept in SQLite");
    expect_refused<Ours>("table Varve_checkpoint cannot be kept in SQLite: names that begin with 'varve_' are taken");
    expect_refused<Theirs>("table sqlite_master cannot be kept in SQLite: names that begin with 'sqlite_' are taken");
}

}  // namespace
}  // namespace varve
