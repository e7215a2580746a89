#include "varve/reflect.hpp"

#include <gtest/gtest.h>

#include <any>
#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "varve/names.hpp"
#include "varve/types.hpp"

namespace shop {

struct Line {
    std::string article;
    int quantity = 1;
};

struct OrderPlaced {
    std::string order;
    std::vector<Line> lines;
    std::optional<std::string> note;
    std::int64_t cents = 0;
};

struct Nothing {};

template <class T>
struct Moved {
    T what;
};

}  // namespace shop

namespace {

struct Hidden {
    int in_anonymous;
};

/// As varve::Table: default constructible, movable, not copyable, and greedy in its constructors.
template <class Row>
class Rows {
public:
    Rows() = default;
    Rows(Rows&&) noexcept = default;
    Rows& operator=(Rows&&) noexcept = default;
    template <class Other>
    explicit Rows(const Other& other) : size_(static_cast<int>(sizeof(other))) {}
    [[nodiscard]] int size() const { return size_; }

private:
    std::map<std::string, Row> rows_;
    int size_ = 0;
};

struct Balances {
    Rows<shop::Line> lines;
    Rows<int> totals;
    std::map<std::string, int> seen;
};

class NoDefault {
public:
    explicit NoDefault(int value) : value_(value) {}
    [[nodiscard]] int value() const { return value_; }

private:
    int value_;
};

enum class Colour : std::uint8_t { red, green = 7, blue };
enum class Sign { minus = -1, zero, plus };
enum Plain : int { plain_a, plain_b = 5 };
enum class Far { near = 100, far = 1000 };
enum class Flag : bool { no, yes };
enum class Wide : std::uint64_t { one = 1, most = ~std::uint64_t{0} };

struct Odd {
    bool flag;
    char letter;
    double number;
    Colour colour;
    std::optional<std::optional<int>> twice;
    std::variant<int, shop::Line> either;
    std::any anything;
    std::function<int(int)> call;
    std::chrono::seconds wait;
    std::unique_ptr<int> owned;
    std::array<int, 3> three;
    std::array<shop::Line, 2> two;
    std::set<int> numbers;
    const int fixed;
    NoDefault given;
    varve::Position position;
    varve::EventId id;
    varve::Timestamp time;
    std::vector<Odd> inside;
};

/// clang is strict about what has no linkage.
struct Optionals {
    std::optional<Colour> colour;
    std::optional<Hidden> hidden;
    std::optional<std::variant<Hidden, int>> either;
    std::optional<std::vector<Optionals>> inside;
};

struct Unmovable {
    std::mutex mutex;
    std::atomic<int> count;
    int after;
};

struct Nested {
    shop::Line first;
    shop::Line second;
    shop::Nothing nothing;
    int last;
};

struct ThirtyTwo {
    int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15;
    int b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15;
};

using varve::reflect::Aggregate;
using varve::reflect::field_count;
using varve::reflect::field_names;
using varve::reflect::type_name;

static_assert(field_count<shop::Nothing> == 0);
static_assert(field_count<Hidden> == 1);
static_assert(field_count<Nested> == 4);
static_assert(field_count<Odd> == 19);
static_assert(field_count<Unmovable> == 3);
static_assert(field_count<Optionals> == 4);
static_assert(field_count<ThirtyTwo> == 32);
static_assert(field_names<ThirtyTwo>()[31] == "b15");
static_assert(std::is_same_v<varve::reflect::field_type<Odd, 13>, const int>);
static_assert(std::is_same_v<varve::reflect::field_type<const shop::OrderPlaced, 3>, std::int64_t>);

struct WithBase : shop::Line {
    int more;
};
struct WithEmptyBase : shop::Nothing {
    int more;
};
struct WithArray {
    int before;
    int array[3];
    int after;
};
struct WithArrayOfOne {
    int array[1];
};
struct WithArrayOfNoDefault {
    NoDefault array[2];
    int after;
};
struct WithReference {
    int& reference;
};
struct WithConstReference {
    const int& reference;
};
struct WithVirtual {
    virtual ~WithVirtual() = default;
    int field = 0;
};
class WithPrivate {
public:
    int field = 0;

private:
    [[maybe_unused]] int hidden_ = 0;
};
struct TooMany {
    ThirtyTwo first;
    int a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15;
    int b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15;
};

static_assert(Aggregate<Odd> && Aggregate<Balances> && Aggregate<Unmovable> && Aggregate<const Nested>);
static_assert(!Aggregate<WithBase> && !Aggregate<WithEmptyBase> && !Aggregate<WithArray> && !Aggregate<WithArrayOfOne>);
static_assert(!Aggregate<WithArrayOfNoDefault> && !Aggregate<WithReference> && !Aggregate<WithConstReference>);
static_assert(!Aggregate<WithVirtual> && !Aggregate<WithPrivate> && !Aggregate<TooMany>);
static_assert(!Aggregate<int> && !Aggregate<std::string> && !Aggregate<std::vector<int>> && !Aggregate<Colour>);

TEST(Reflect, NamesTypesWithoutTheirScopes) {
    struct Local {
        int field;
    };
    EXPECT_EQ(type_name<shop::OrderPlaced>(), "OrderPlaced");
    EXPECT_EQ(type_name<const shop::OrderPlaced&>(), "OrderPlaced");
    EXPECT_EQ(type_name<Hidden>(), "Hidden");
    EXPECT_EQ(type_name<Local>(), "Local");
    EXPECT_EQ(type_name<int>(), "int");
    EXPECT_TRUE(type_name<shop::Moved<shop::Line>>().starts_with("Moved<"));
    EXPECT_EQ(field_names<Local>()[0], "field");
}

TEST(Reflect, NamesFieldsInOrder) {
    EXPECT_EQ(field_names<shop::OrderPlaced>(), (std::array<std::string_view, 4>{"order", "lines", "note", "cents"}));
    EXPECT_EQ(field_names<Balances>(), (std::array<std::string_view, 3>{"lines", "totals", "seen"}));
    EXPECT_EQ(field_names<shop::Moved<int>>()[0], "what");
    EXPECT_EQ(field_names<Odd>()[12], "numbers");
    EXPECT_EQ(field_names<Odd>()[18], "inside");
    EXPECT_EQ(field_names<Unmovable>(), (std::array<std::string_view, 3>{"mutex", "count", "after"}));
}

TEST(Reflect, VisitsFieldsByReference) {
    shop::OrderPlaced order{"o1", {}, {}, 5};
    std::string seen;
    varve::reflect::for_each_field(order, [&](std::string_view name, auto& field) {
        seen += std::string(name) + " ";
        if constexpr (std::is_same_v<decltype(field), std::int64_t&>) field = 7;
    });
    EXPECT_EQ(seen, "order lines note cents ");
    EXPECT_EQ(order.cents, 7);

    const shop::OrderPlaced fixed{"o2", {}, {}, 1};
    varve::reflect::for_each_field(fixed, [](std::string_view, auto& field) {
        static_assert(std::is_const_v<std::remove_reference_t<decltype(field)>>);
    });
    EXPECT_EQ(&varve::reflect::get<3>(varve::reflect::tie(order)), &order.cents);
}

TEST(Reflect, TakesApartWhatCannotBeCopied) {
    Balances balances;
    int fields = 0;
    varve::reflect::for_each_field(balances, [&](std::string_view, auto&) { ++fields; });
    EXPECT_EQ(fields, 3);
    Unmovable unmovable{};
    varve::reflect::get<2>(varve::reflect::tie(unmovable)) = 4;
    EXPECT_EQ(unmovable.after, 4);
}

TEST(Reflect, NamesEnumerators) {
    using varve::reflect::enum_name;
    using varve::reflect::enum_value;
    EXPECT_EQ(enum_name(Colour::red), "red");
    EXPECT_EQ(enum_name(Colour::blue), "blue");
    EXPECT_EQ(enum_name(static_cast<Colour>(3)), "");
    EXPECT_EQ(enum_name(static_cast<Colour>(255)), "");
    EXPECT_EQ(enum_name(Sign::minus), "minus");
    EXPECT_EQ(enum_name(plain_b), "plain_b");
    EXPECT_EQ(enum_name(Flag::yes), "yes");
    EXPECT_EQ(enum_name(Far::near), "near");
    EXPECT_EQ(enum_name(Far::far), "");
    EXPECT_EQ(enum_name(Wide::one), "one");
    EXPECT_EQ(enum_name(Wide::most), "");
    EXPECT_EQ(enum_value<Colour>("green"), Colour::green);
    EXPECT_EQ(enum_value<Sign>("minus"), Sign::minus);
    EXPECT_EQ(enum_value<Plain>("plain_a"), plain_a);
    EXPECT_EQ(enum_value<Colour>("purple"), std::nullopt);
    EXPECT_EQ(enum_value<Colour>(""), std::nullopt);
}

TEST(Names, SnakeCase) {
    using varve::snake_case;
    EXPECT_EQ(snake_case("BankAccount"), "bank_account");
    EXPECT_EQ(snake_case("HTTPServer"), "http_server");
    EXPECT_EQ(snake_case("Order2Line"), "order2_line");
    EXPECT_EQ(snake_case("already_snake"), "already_snake");
    EXPECT_EQ(snake_case("Moved<shop::Line>"), "moved_shop_line");
    EXPECT_EQ(snake_case("A"), "a");
    EXPECT_EQ(snake_case(""), "");
}

}  // namespace
