#include "text/event_json.hpp"

#include <gtest/gtest.h>

#include "varve/cbor.hpp"
#include "varve/json_value.hpp"

namespace varve::text {
namespace {

std::string json_of(std::string_view data, std::string_view content_type = json_content,
                    std::string_view metadata = {}) {
    Event event;
    event.position = Position(7);
    event.revision = Revision(2);
    event.stream = "account-a1";
    event.type = "Opened";
    event.content_type = content_type;
    event.data = data;
    event.metadata = metadata;
    std::string text;
    append_event_json(text, event);
    return text;
}

/// The event that comes out when an event is written and read again.
NewEvent there_and_back(std::string_view data, std::string_view content_type = json_content,
                        std::string_view metadata = {}) {
    return parse_event_line(json_of(data, content_type, metadata)).value();
}

TEST(EventJson, HasTheDocumentedShape) {
    EXPECT_EQ(
        json_of("{\"a\":1}"),
        R"({"position":7,"revision":2,"id":"00000000-0000-0000-0000-000000000000","created":"1970-01-01T00:00:00.000000Z",)"
        R"("stream":"account-a1","type":"Opened","contentType":"application/json","data":{"a":1},"metadata":null,"tags":[]})");
}

TEST(EventJson, DataComesBackByteForByte) {
    for (const char* data :
         {"{}", "null", "1.0", "1e3", "18446744073709551615", "\"\\u0061 \\/\"", "[ 1 , 2 ]", R"({"base64":"AAAA"})",
          R"({"b\u0061se64":"AAAA"})", R"({"base64":1})", R"({"base64":"x","more":1})", "", "{broken",
          "{},\"type\":\"Evil\"", "123456789012345678901234567890"}) {
        EXPECT_EQ(there_and_back(data).data, data);
        EXPECT_EQ(there_and_back(data, "text/plain").data, data);
        EXPECT_EQ(there_and_back("{}", json_content, data).metadata, data);
    }
    EXPECT_EQ(there_and_back(std::string_view("\0\xff", 2), octet_content).data, std::string_view("\0\xff", 2));
}

TEST(EventJson, CborStandsAsJsonWhereThatIsExact) {
    const std::string cbor = json_to_cbor(R"({"cents":900,"celsius":1.0,"by":"Ada"})").value();
    EXPECT_NE(json_of(cbor, cbor_content)
                  .find(R"("contentType":"application/cbor","data":{"cents":900,"celsius":1.0,"by":"Ada"})"),
              std::string::npos);
    // Longer than need be, in pieces, looking like bytes, bytes, broken, nothing.
    for (const std::string& data :
         {cbor, std::string("\x18\x01"), std::string("\x9f\xff"), json_to_cbor(R"({"base64":"AAAA"})").value(),
          std::string("\x41\x00", 2), std::string("\xff"), std::string()}) {
        EXPECT_EQ(there_and_back(data, cbor_content).data, data);
    }
    EXPECT_EQ(data_as_json("\x18\x01", cbor_content), "1");
    EXPECT_EQ(data_as_json("\xff", cbor_content), std::nullopt);
    EXPECT_EQ(data_as_json("\x01", octet_content), std::nullopt);
}

TEST(EventJson, IsOneLine) {
    const std::string text = json_of(" {\r\n \"a\": 1\n} \n");
    EXPECT_EQ(text.find('\n'), std::string::npos);
    EXPECT_NE(text.find(R"("data":{   "a": 1 },)"), std::string::npos) << text;
}

TEST(EventJson, KnowsJsonByItsContentType) {
    for (const char* type : {"application/json", "application/json; charset=utf-8", "application/cloudevents+json"})
        EXPECT_TRUE(is_json(type)) << type;
    for (const char* type : {"application/jsonlines", "text/plain", "json", ""}) EXPECT_FALSE(is_json(type)) << type;
}

TEST(EventJson, TextMayBeGivenAsAString) {
    EXPECT_EQ(parse_event_line(R"({"stream":"s","type":"T","data":"a\nb","contentType":"text/plain"})").value().data,
              "a\nb");
}

TEST(EventJson, DefaultsStandInForMissingNames) {
    const auto event =
        parse_event_line(R"({"data":1,"tags":["x","y"],"type":"Own"})", {.stream = "s", .type = "T"}).value();
    EXPECT_EQ(event.stream, "s");
    EXPECT_EQ(event.type, "Own");
    EXPECT_EQ(event.tags, (std::vector<std::string>{"x", "y"}));
}

}  // namespace
}  // namespace varve::text
