#include "varve/json.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <cmath>
#include <deque>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace {

using varve::from_json;
using varve::to_json;

enum class Colour { red, green, blue = 5 };

struct Line {
    std::string article;
    std::int32_t quantity = 0;
    friend bool operator==(const Line&, const Line&) = default;
};

struct OrderPlaced {
    std::string order;
    std::vector<Line> lines;
    std::optional<std::string> note;
    friend bool operator==(const OrderPlaced&, const OrderPlaced&) = default;
};

struct Nothing {
    friend bool operator==(const Nothing&, const Nothing&) = default;
};

struct Renamed {
    static constexpr std::string_view type = "renamed.v2";
    int value = 0;
    friend bool operator==(const Renamed&, const Renamed&) = default;
};

struct Everything {
    bool flag = false;
    std::int8_t tiny = 0;
    std::uint8_t byte = 0;
    std::int64_t large = 0;
    std::uint64_t huge = 0;
    double real = 0;
    float small = 0;
    Colour colour = Colour::red;
    std::optional<int> maybe;
    std::vector<bool> bits;
    std::deque<int> queue;
    std::set<std::string> words;
    std::array<int, 2> two{};
    std::pair<int, std::string> pair;
    std::tuple<int, bool, double> triple;
    std::map<std::string, Line> by_name;
    std::unordered_map<std::string, int> counts;
    std::variant<Line, Nothing, Renamed> either;
    std::chrono::milliseconds wait{};
    varve::Timestamp time{};
    varve::EventId id;
    varve::Position position;
    varve::Json any;
    Nothing nothing;
    std::vector<Everything> inside;
    friend bool operator==(const Everything&, const Everything&) = default;
};

Everything full() {
    Everything all;
    all.flag = true;
    all.tiny = -128;
    all.byte = 255;
    all.large = std::numeric_limits<std::int64_t>::min();
    all.huge = std::numeric_limits<std::uint64_t>::max();
    all.real = 0.1;
    all.small = 16777216.0F;
    all.colour = Colour::blue;
    all.maybe = 3;
    all.bits = {true, false};
    all.queue = {1, 2};
    all.words = {"a", "b"};
    all.two = {7, 8};
    all.pair = {1, "one"};
    all.triple = {1, true, -0.5};
    all.by_name = {{"x \"y\"", {"pear", 2}}};
    all.counts = {{"k", 1}};
    all.either = Renamed{4};
    all.wait = std::chrono::milliseconds(1500);
    all.time = *varve::parse_timestamp("2026-11-23T07:51:09.000123Z");
    all.id = *varve::EventId::parse("01234567-89ab-cdef-0123-456789abcdef");
    all.position = varve::Position(17);
    all.any.text = R"({"free":[1,null]})";
    return all;
}

/// The message of the error that reading the text as a T must give.
template <class T>
std::string refusal(std::string_view text) {
    const auto result = from_json<T>(text);
    if (result.ok()) return "(it was read)";
    EXPECT_EQ(result.error().code, varve::Code::invalid_argument);
    return result.error().message;
}

TEST(Json, WritesFieldsInOrder) {
    const OrderPlaced order{"o1", {{"pear", 2}, {"fig", -1}}, {}};
    EXPECT_EQ(
        to_json(order).value(),
        R"({"order":"o1","lines":[{"article":"pear","quantity":2},{"article":"fig","quantity":-1}],"note":null})");
}

TEST(Json, EveryFormComesBack) {
    Everything all = full();
    all.inside.push_back(full());
    const std::string text = to_json(all).value();
    EXPECT_TRUE(varve::check_json(text).ok()) << text;
    const auto back = from_json<Everything>(text);
    ASSERT_TRUE(back.ok()) << back.error();
    EXPECT_TRUE(*back == all) << to_json(*back).value() << "\n" << text;
}

TEST(Json, SpellsFormsAsDocumented) {
    const std::string text = to_json(full()).value();
    for (const std::string_view part :
         {R"("colour":"blue")", R"("pair":[1,"one"])", R"("triple":[1,true,-0.5])",
          R"("by_name":{"x \"y\"":{"article")", R"("either":{"renamed.v2":{"value":4}})", R"("wait":1500)",
          R"("time":"2026-11-23T07:51:09.000123Z")", R"("id":"01234567-89ab-cdef-0123-456789abcdef")",
          R"("position":17)", R"("any":{"free":[1,null]})", R"("nothing":{})", R"("large":-9223372036854775808)",
          R"("huge":18446744073709551615)"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
    }
}

TEST(Json, ReadsMembersInAnyOrder) {
    const auto order = from_json<OrderPlaced>(R"( {"note":"n", "extra":[{"lines":1}], "lines":[], "order":"o1"} )");
    ASSERT_TRUE(order.ok()) << order.error();
    EXPECT_EQ(*order, (OrderPlaced{"o1", {}, "n"}));
}

TEST(Json, FirstOfRepeatedMembersCounts) {
    EXPECT_EQ(from_json<Line>(R"({"article":"a","article":"b","quantity":1,"quantity":2})").value(), (Line{"a", 1}));
    EXPECT_EQ(from_json<Line>(R"({"quantity":1,"article":"a","quantity":2,"article":"b"})").value(), (Line{"a", 1}));
    EXPECT_EQ((from_json<std::map<std::string, int>>(R"({"a":1,"a":2})").value()),
              (std::map<std::string, int>{{"a", 1}}));
}

TEST(Json, AbsentIsAnErrorUnlessOptional) {
    EXPECT_EQ(from_json<OrderPlaced>(R"({"order":"o1","lines":[]})").value(), (OrderPlaced{"o1", {}, {}}));
    EXPECT_EQ(refusal<OrderPlaced>(R"({"order":"o1"})"), "OrderPlaced.lines: this field is missing");
    EXPECT_EQ(refusal<Line>(R"({"article":null,"quantity":1})"), "Line.article: expected a string, found null");
}

TEST(Json, ErrorsNameThePlace) {
    EXPECT_EQ(
        refusal<OrderPlaced>(R"({"order":"o","lines":[{"article":"a","quantity":1},{"article":"b","quantity":"2"}]})"),
        "OrderPlaced.lines[1].quantity: expected an integer, found a string");
    EXPECT_EQ(refusal<OrderPlaced>(R"({"order":"o","lines":{}})"),
              "OrderPlaced.lines: expected an array, found an object");
    EXPECT_EQ(refusal<OrderPlaced>("[]"), "OrderPlaced: expected an object, found an array");
    EXPECT_EQ((refusal<std::map<std::string, int>>(R"({"a":1,"b c":true})")),
              "JSON['b c']: expected an integer, found true or false");
    EXPECT_EQ((refusal<std::array<int, 2>>("[1]")), "JSON: expected an array of 2, found one of 1");
    EXPECT_EQ(refusal<varve::Timestamp>(R"("yesterday")"),
              "JSON: expected a time such as 2026-11-23T07:51:09Z, found 'yesterday'");
}

TEST(Json, IntegersAreExactAndRangeChecked) {
    EXPECT_EQ(from_json<std::int64_t>("-9223372036854775808").value(), std::numeric_limits<std::int64_t>::min());
    EXPECT_EQ(from_json<std::uint64_t>("18446744073709551615").value(), std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(refusal<std::int8_t>("128"), "JSON: expected an integer from -128 to 127, found an integer (128)");
    EXPECT_EQ(refusal<std::uint32_t>("-1"), "JSON: expected an integer from 0 to 4294967295, found an integer (-1)");
    EXPECT_EQ(refusal<std::int64_t>("9223372036854775808"),
              "JSON: expected an integer from -9223372036854775808 to 9223372036854775807, found an integer "
              "(9223372036854775808)");
    EXPECT_EQ(refusal<int>("1.5"), "JSON: expected an integer, found a number (1.5)");
    EXPECT_FALSE(from_json<std::uint64_t>("18446744073709551616").ok());
}

TEST(Json, NumbersThatAreNotFiniteAreRefused) {
    EXPECT_EQ(to_json(std::vector<double>{1, std::nan("")}).error().message,
              "JSON[1]: a number that is not finite has no JSON form");
    EXPECT_FALSE(to_json(std::numeric_limits<float>::infinity()).ok());
    EXPECT_FALSE(from_json<float>("1e300").ok());
    EXPECT_FALSE(from_json<double>("1e400").ok());
    EXPECT_EQ(from_json<double>("7").value(), 7.0);
    for (const double number : {1e22, 5e-324, 1.7976931348623157e308, 0.1, 123456789012345680.0}) {
        EXPECT_EQ(from_json<double>(to_json(number).value()).value(), number);
    }
}

template <class Number>
void expect_read_again(Number number) {
    const std::string text = to_json(number).value();
    const auto read = from_json<Number>(text);
    ASSERT_TRUE(read.ok()) << text << ": " << read.error();
    EXPECT_EQ(*read, number) << text;
    EXPECT_EQ(std::signbit(*read), std::signbit(number)) << text;
    // As a part of any JSON, which is spelled anew, it is the same number, too.
    const auto any = to_json(from_json<varve::Json>(text).value());
    ASSERT_TRUE(any.ok()) << text << ": " << any.error();
    EXPECT_EQ(from_json<Number>(*any).value(), number) << text << " became " << *any;
    EXPECT_EQ(std::signbit(from_json<Number>(*any).value()), std::signbit(number)) << text << " became " << *any;
}

TEST(Json, EveryNumberIsReadAsItWasWritten) {
    for (int exponent = 0; exponent < 128; ++exponent) {
        for (const double around : {-1.0, 1.0}) {
            const double power = around * std::ldexp(1.0, exponent);
            expect_read_again(power);
            expect_read_again(std::nextafter(power, 0));
            expect_read_again(std::nextafter(power, 2 * power));
            expect_read_again(static_cast<float>(power));
            expect_read_again(std::nextafter(static_cast<float>(power), 0.0F));
        }
    }
    for (double power = 1; power < 1e300; power *= 10) expect_read_again(power);
    for (const double number : {0.0, -0.0, 4.7e21, -4.7e21, std::numeric_limits<double>::max()}) {
        expect_read_again(number);
        expect_read_again(-number);
    }
    expect_read_again(-0.0F);
    expect_read_again(std::numeric_limits<float>::max());
    EXPECT_EQ(to_json(1e18).value(), "1e+18");
    EXPECT_EQ(to_json(5.0).value(), "5") << "as ever";
    EXPECT_EQ(to_json(-0.0).value(), "-0.0");
    EXPECT_EQ(to_json(0x1p64).value(), "18446744073709551616.0");
    EXPECT_FALSE(to_json(std::numeric_limits<long double>::max()).ok()) << "beyond what a double holds";
}

TEST(Json, EnumsGoByName) {
    EXPECT_EQ(refusal<Colour>(R"("purple")"), "JSON: expected one of red, green, blue, found 'purple'");
    EXPECT_EQ(refusal<Colour>("1"), "JSON: expected one of red, green, blue, found an integer (1)");
    EXPECT_EQ(to_json(static_cast<Colour>(3)).error().message, "JSON: the value 3 of enum Colour has no name");
}

TEST(Json, VariantsGoByTypeName) {
    using Either = std::variant<Line, Nothing>;
    EXPECT_EQ(to_json(Either(Nothing{})).value(), R"({"Nothing":{}})");
    EXPECT_EQ(refusal<Either>(R"({"Other":{}})"), "JSON: expected one of Line, Nothing, found 'Other'");
    EXPECT_EQ(refusal<Either>(R"({"Line":{"article":3}})"),
              "JSON.Line.article: expected a string, found an integer (3)");
    EXPECT_FALSE(from_json<Either>("{}").ok());
    EXPECT_FALSE(from_json<Either>(R"({"Line":{},"Nothing":{}})").ok());
}

TEST(Json, TextMustBeUtf8) {
    EXPECT_EQ(to_json(Line{"\xff", 1}).error().message, "Line.article: this text is not UTF-8");
    EXPECT_EQ(refusal<Line>("{\"article\":\"\xff\",\"quantity\":1}"), "Line: this is not valid JSON: it is not UTF-8");
    for (const std::string& text : {std::string("pl\u00e4in \u20ac \U0001f600"), std::string("\"\\/\b\f\n\r\t"),
                                    std::string("a\0b\x1f\x7f", 5), std::string()}) {
        EXPECT_EQ(from_json<std::string>(to_json(text).value()).value(), text);
    }
    EXPECT_EQ(from_json<std::string>(R"("\u00e4\ud83d\ude00")").value(), "\u00e4\U0001f600");
}

TEST(Json, TimesOutsideOfFourDigitYearsAreRefused) {
    EXPECT_FALSE(to_json(varve::Timestamp::max()).ok());
    EXPECT_FALSE(to_json(varve::Timestamp::min()).ok());
    EXPECT_TRUE(to_json(varve::Timestamp()).ok());
}

struct Tree {
    std::vector<Tree> children;
};

TEST(Json, DepthIsBoundedBothWays) {
    Tree tree;
    for (int i = 0; i < 100; ++i) {
        Tree parent;
        parent.children.push_back(std::move(tree));
        tree = std::move(parent);
    }
    EXPECT_FALSE(to_json(tree).ok());

    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(varve::check_json(nested(100)).ok());
    EXPECT_FALSE(varve::check_json(nested(1000)).ok());
    EXPECT_FALSE(varve::check_json(nested(1'000'000)).ok());

    Tree deepest;
    for (int i = 0; i < 60; ++i) {
        Tree parent;
        parent.children.push_back(std::move(deepest));
        deepest = std::move(parent);
    }
    const auto text = to_json(deepest);
    ASSERT_TRUE(text.ok()) << text.error();
    EXPECT_TRUE(from_json<Tree>(*text).ok());
}

struct Holder {
    std::string name;
    std::vector<varve::Json> any;
};

TEST(Json, AnyJsonIsNoDeeperThanTheWholeMayBe) {
    const auto holding = [](std::size_t depth) {
        return to_json(Holder{"a", {{std::string(depth, '[') + R"("[\"[{")" + std::string(depth, ']')}}});
    };
    const auto deepest = holding(varve::json_depth_max - 2);
    ASSERT_TRUE(deepest.ok()) << deepest.error();
    EXPECT_TRUE(from_json<Holder>(*deepest).ok());
    const auto deeper = holding(varve::json_depth_max - 1);
    EXPECT_EQ(deeper.error().message, "Holder.any[0]: this makes the whole nested more than 128 deep");
    EXPECT_EQ(deeper.error().code, varve::Code::invalid_argument);
    EXPECT_TRUE(to_json(varve::Json{std::string(128, '[') + "1" + std::string(128, ']')}).ok());
    EXPECT_FALSE(to_json(varve::Json{std::string(129, '[') + "1" + std::string(129, ']')}).ok());
}

TEST(Json, RawJsonMustBeValidWhenWritten) {
    EXPECT_EQ(to_json(varve::Json{"{"}).ok(), false);
    EXPECT_EQ(to_json(std::map<std::string, varve::Json>{{"a", {}}}).value(), R"({"a":null})");
}

}  // namespace
