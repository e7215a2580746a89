#include "varve/json_value.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace {

using varve::check_json;
using varve::JsonKind;
using varve::parse_json;

TEST(JsonValue, WalksATree) {
    const auto document =
        parse_json(R"( {"a": [1, -2, 18446744073709551615, 1.5, true, null, "x\ny"], "b": {"c": 1}, "a": 0} )").value();
    std::vector<JsonKind> kinds;
    for (const auto element : document.root().find("a")->elements()) kinds.push_back(element.kind());
    EXPECT_EQ(kinds, (std::vector{JsonKind::integer, JsonKind::integer, JsonKind::large_integer, JsonKind::number,
                                  JsonKind::boolean, JsonKind::null, JsonKind::string}));
    std::string names;
    for (const auto [name, value] : document.root().members()) names += name;
    EXPECT_EQ(names, "aba");
    EXPECT_EQ(document.root().find("b")->find("c")->as_int64(), 1);
    EXPECT_EQ(document.root().find("b")->text(), R"({"c":1})");
    EXPECT_FALSE(document.root().find("c"));
    EXPECT_EQ(document.root().members().size(), 3U);
    EXPECT_EQ(document.root().elements().size(), 0U);
    EXPECT_FALSE(document.root().as_string());
}

TEST(JsonValue, RawTextIsAsGiven) {
    const std::string line =
        R"({ "stream" : "a-1","data":{ "x": 1e2, "}": "\"]{" } ,"n":1.50,"e":[ ],"data":2 , "l":-0.0})";
    const auto document = parse_json(line).value();
    EXPECT_EQ(document.raw("stream"), R"("a-1")");
    EXPECT_EQ(document.raw("data"), R"({ "x": 1e2, "}": "\"]{" })");
    EXPECT_EQ(document.raw("n"), "1.50");
    EXPECT_EQ(document.raw("e"), "[ ]");
    EXPECT_EQ(document.raw("l"), "-0.0");
    EXPECT_EQ(document.raw("none"), "");
    EXPECT_EQ(parse_json("[1]").value().raw("0"), "");
    EXPECT_EQ(parse_json(R"({"\u0061":true})").value().raw("a"), "true");
}

TEST(JsonValue, StaysValidWhenTheDocumentMoves) {
    auto document = parse_json(R"({"a":"text"})").value();
    const auto text = document.root().find("a")->as_string();
    const auto moved = std::move(document);
    EXPECT_EQ(text, "text");
    EXPECT_EQ(moved.raw("a"), "\"text\"");
}

TEST(CheckJson, SaysWhatIsWrong) {
    const auto reason = [](std::string_view text) {
        const auto checked = check_json(text);
        return checked.ok() ? std::string("valid") : checked.error().message;
    };
    EXPECT_EQ(reason("{}"), "valid");
    EXPECT_EQ(reason(" 1 "), "valid");
    EXPECT_EQ(reason(""), "this is not valid JSON: it is empty");
    EXPECT_EQ(reason("{\"a\":\"\xff\"}"), "this is not valid JSON: it is not UTF-8");
    EXPECT_EQ(reason("[1,"), "this is not valid JSON: a comma, colon, quote, brace or bracket is missing or misplaced");
    EXPECT_EQ(reason("[\"a\nb\"]"), "this is not valid JSON: a string holds a bare control character; escape it");
    EXPECT_EQ(reason("[\"a"), "this is not valid JSON: a string is not closed");
    EXPECT_EQ(reason("[tru]"), "this is not valid JSON: a word is none of true, false and null");
    EXPECT_EQ(reason("[01]"), "this is not valid JSON: a number is badly written or too large");
}

TEST(CheckJson, RefusesHostileText) {
    for (const std::string_view text : {"{} {}",
                                        "[1]]",
                                        "{\"a\"}",
                                        "{\"a\":}",
                                        "{,}",
                                        "[,]",
                                        "[1 2]",
                                        "nul",
                                        "+1",
                                        "1.",
                                        ".5",
                                        "1e",
                                        "0x10",
                                        "NaN",
                                        "Infinity",
                                        "'a'",
                                        "{a:1}",
                                        "[1,]",
                                        "\"\\x\"",
                                        "\"\\u12\"",
                                        "\"\\ud800\"",
                                        "\"\\ud800\\u0041\"",
                                        "\"\\udc00\"",
                                        "\xef\xbb\xbf{",
                                        "{\"a\":1,}",
                                        "/* */ 1",
                                        "\"\xed\xa0\x80\"",
                                        "\"\xc0\xaf\"",
                                        "\"\xf5\x80\x80\x80\""}) {
        EXPECT_FALSE(check_json(text).ok()) << text;
    }
    EXPECT_FALSE(check_json(std::string("[\0]", 3)).ok());
    EXPECT_FALSE(check_json("1" + std::string(400, '0')).ok());
}

TEST(CheckJson, LargeTextsLeaveNoTrace) {
    const std::string large = "[\"" + std::string(3 << 20, 'x') + "\"]";
    EXPECT_TRUE(check_json(large).ok());
    EXPECT_TRUE(check_json("[1]").ok());
    EXPECT_FALSE(check_json(std::string(varve::json_bytes_max + 1, ' ')).ok());
}

TEST(CheckJson, EveryThreadHasItsOwnParser) {
    std::vector<std::thread> threads;
    std::vector<int> good(4);
    for (std::size_t t = 0; t < good.size(); ++t) {
        threads.emplace_back([&good, t] {
            for (int i = 0; i < 500; ++i) {
                const std::string text = "{\"a\":" + std::to_string(i) + "}";
                good[t] += parse_json(text).value().root().find("a")->as_int64() == i;
            }
        });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, (std::vector{500, 500, 500, 500}));
}

TEST(AppendJsonString, AlwaysAppendsAValidString) {
    std::string out = "x";
    EXPECT_TRUE(varve::append_json_string(out, "a\"b\\c\n\x01 and something longer than eight bytes"));
    EXPECT_EQ(out, "x\"a\\\"b\\\\c\\n\\u0001 and something longer than eight bytes\"");
    for (int c = 0; c < 128; ++c) {
        for (const std::size_t at : {0U, 3U, 8U, 15U}) {
            std::string text(16, 'p');
            text[at] = static_cast<char>(c);
            std::string json;
            EXPECT_TRUE(varve::append_json_string(json, text));
            const auto back = parse_json(json);
            ASSERT_TRUE(back.ok()) << json;
            EXPECT_EQ(back->root().as_string(), text);
        }
    }
    std::string broken;
    EXPECT_FALSE(varve::append_json_string(broken,
                                           "a\xff"
                                           "b\xe2\x82"));
    EXPECT_EQ(broken,
              "\"a\xef\xbf\xbd"
              "b\xef\xbf\xbd\xef\xbf\xbd\"");
}

}  // namespace
