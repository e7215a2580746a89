#include "text/query_json.hpp"

#include <gtest/gtest.h>

namespace varve::text {
namespace {

TEST(QueryJson, goes_out_and_comes_back) {
    const Query query{{{.types = {"A", "\"B\""}, .tags = {"x:1"}}, {.types = {"C"}}, {.tags = {"y", "z"}}}};
    const std::string text = R"([{"types":["A","\"B\""],"tags":["x:1"]},{"types":["C"]},{"tags":["y","z"]}])";
    EXPECT_EQ(query_json(query), text);
    EXPECT_EQ(parse_query(text).value(), query);
    EXPECT_EQ(parse_query(R"( [ { "tags" : [ "x:1" ] , "types":[] } ] )").value(), (Query{{{.tags = {"x:1"}}}}));
    EXPECT_EQ(parse_query("[]").value(), Query{}) << "refused by the store, which knows why";
}

TEST(QueryJson, says_what_is_wrong) {
    const auto expect_fault = [](const char* text, const char* words) {
        const auto parsed = parse_query(text);
        ASSERT_FALSE(parsed) << text;
        EXPECT_EQ(parsed.error().code, Code::invalid_argument);
        EXPECT_NE(parsed.error().message.find(words), std::string::npos) << parsed.error();
        EXPECT_NE(parsed.error().message.find(R"([{"types":)"), std::string::npos) << "it shows how to write it";
    };
    expect_fault("A", "not JSON");
    expect_fault("{}", "array of items, not an object");
    expect_fault("[[]]", "an item must be an object, not an array");
    expect_fault(R"([{"type":["A"]}])", "no member 'type'");
    expect_fault(R"([{"types":"A"}])", "'types' must be an array of strings, not a string");
    expect_fault(R"([{"tags":["x",1]}])", "'tags' must be an array of strings only, not an integer");
}

}  // namespace
}  // namespace varve::text
