#include "varve/cbor.hpp"

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "varve/codec.hpp"

namespace varve {
namespace {

std::string bytes(std::initializer_list<int> list) {
    std::string bytes;
    for (const int byte : list) bytes += static_cast<char>(byte);
    return bytes;
}

/// The examples of RFC 8949, appendix A, that have a JSON form.
TEST(Cbor, reads_and_writes_the_examples_of_the_standard) {
    const std::vector<std::pair<std::string, std::string>> examples{
        {bytes({0x00}), "0"},
        {bytes({0x17}), "23"},
        {bytes({0x18, 0x18}), "24"},
        {bytes({0x19, 0x03, 0xe8}), "1000"},
        {bytes({0x1a, 0x00, 0x0f, 0x42, 0x40}), "1000000"},
        {bytes({0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), "18446744073709551615"},
        {bytes({0x20}), "-1"},
        {bytes({0x39, 0x03, 0xe7}), "-1000"},
        {bytes({0x3b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), "-9223372036854775808"},
        {bytes({0xfb, 0x3f, 0xf1, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a}), "1.1"},
        {bytes({0xfa, 0x47, 0xc3, 0x50, 0x00}), "100000.0"},
        {bytes({0xf4}), "false"},
        {bytes({0xf5}), "true"},
        {bytes({0xf6}), "null"},
        {bytes({0x60}), R"("")"},
        {bytes({0x62, 0x22, 0x5c}), R"("\"\\")"},
        {bytes({0x62, 0xc3, 0xbc}), R"("ü")"},
        {bytes({0x80}), "[]"},
        {bytes({0x83, 0x01, 0x82, 0x02, 0x03, 0x82, 0x04, 0x05}), "[1,[2,3],[4,5]]"},
        {bytes({0xa0}), "{}"},
        {bytes({0xa2, 0x61, 0x61, 0x01, 0x61, 0x62, 0x82, 0x02, 0x03}), R"({"a":1,"b":[2,3]})"},
    };
    for (const auto& [cbor, json] : examples) {
        EXPECT_EQ(cbor_to_json(cbor).value(), json);
        EXPECT_EQ(json_to_cbor(json).value(), cbor) << json;
    }
}

TEST(Cbor, reads_what_others_write_at_more_length) {
    EXPECT_EQ(cbor_to_json(bytes({0x9f, 0x01, 0x9f, 0xff, 0xff})).value(), "[1,[]]");
    EXPECT_EQ(cbor_to_json(bytes({0xbf, 0x61, 0x61, 0xf9, 0x3c, 0x00, 0xff})).value(), R"({"a":1.0})");
    EXPECT_EQ(cbor_to_json(bytes({0x1b, 0, 0, 0, 0, 0, 0, 0, 1})).value(), "1");
}

TEST(Cbor, refuses_what_has_no_json_form_and_what_is_broken) {
    const std::vector<std::pair<std::string, std::string>> refused{
        {"", "it ends in the middle"},
        {bytes({0x61}), "it ends in the middle"},
        {bytes({0x82, 0x01}), "it ends in the middle"},
        {bytes({0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), "it ends in the middle"},
        {bytes({0xbb, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x60, 0x00}), "it ends in the middle"},
        {bytes({0x7b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x61}), "it ends in the middle"},
        {bytes({0x9f}), "it ends in the middle"},
        {bytes({0x1c}), "a byte begins no item"},
        {bytes({0x01, 0x02}), "something stands behind its end"},
        {bytes({0x41, 0x00}), "bytes have no JSON form"},
        {bytes({0x5f, 0xff}), "bytes have no JSON form"},
        {bytes({0x7f, 0xff}), "a text comes in pieces"},
        {bytes({0x61, 0xff}), "a text is not UTF-8"},
        {bytes({0xc0, 0x01}), "a tag has no JSON form"},
        {bytes({0xf7}), "an undefined value has no JSON form"},
        {bytes({0xf9, 0x7c, 0x00}), "a number is not finite"},
        {bytes({0x3b, 0x80, 0, 0, 0, 0, 0, 0, 0}), "an integer needs more than 64 bits"},
        {bytes({0xa1, 0x01, 0x01}), "a member's name is no text"},
        {bytes({0xa1, 0x80, 0x01}), "a member's name is no text"},
        {bytes({0xbf, 0x61, 0x61, 0xff}), "a member has no value"},
        {bytes({0xff}), "an end belongs to no beginning"},
        {bytes({0x82, 0xff, 0x01}), "an end belongs to no beginning"},
        {std::string(129, '\x81') + "\x01", "it is nested more than 128 deep"},
        {std::string(100000, '\x9f'), "it is nested more than 128 deep"},
    };
    for (const auto& [cbor, reason] : refused) {
        const auto read = cbor_to_json(cbor);
        ASSERT_FALSE(read.ok()) << reason;
        EXPECT_EQ(read.error().message, "this is not valid CBOR: " + reason);
        EXPECT_EQ(read.error().code, Code::invalid_argument);
    }
    EXPECT_TRUE(cbor_to_json(std::string(128, '\x81') + "\x01").ok());
}

enum class Colour { red, green };
struct Leaf {
    std::string name;
    int count = 0;
};
struct Empty {};

/// One field of each form.
struct Everything {
    static constexpr auto format = Format::cbor;
    bool yes = true;
    std::int8_t tiny = -128;
    std::uint64_t huge = 18446744073709551615u;
    double half = 0.5, third = 1.0 / 3;
    float single = 0.1F;
    std::string text = "\"ü\"\n";
    Colour colour = Colour::green;
    std::optional<int> none, some = 7;
    std::vector<Leaf> leaves = {{"a", 1}, {"b", -2}};
    std::deque<bool> flags = {true, false};
    std::set<int> numbers = {3, 1};
    std::map<std::string, double> map = {{"ü", 2.0}, {"x", -0.5}};
    std::array<int, 2> pair = {1, 2};
    std::tuple<int, std::string> tuple = {1, "x"};
    std::variant<Leaf, Empty> variant = Leaf{"v", 3};
    std::chrono::seconds seconds{90};
    Timestamp time = parse_timestamp("2026-11-23 07:51").value();
    EventId id = EventId::parse("c56a4180-65aa-42ec-a945-5fd21dec0538").value();
    Position position{12};
    Json json{R"({"a":[1,2.5,"x"]})"};
};

Event stored(std::string_view data, std::string_view content_type) {
    Event event{};
    event.type = "Everything";
    event.stream = "s-1";
    event.data = data;
    event.content_type = content_type;
    return event;
}

TEST(Cbor, every_form_is_written_and_read_like_json) {
    const Everything all;
    const std::string cbor = encode_event(all).value();
    const std::string json = to_json(all).value();
    const Everything again = decode_event<Everything>(stored(cbor, cbor_content)).value();
    EXPECT_EQ(to_json(again).value(), json);
    EXPECT_EQ(to_json(decode_event<Everything>(stored(json, json_content)).value()).value(), json);
    EXPECT_LT(cbor.size(), json.size());
}

TEST(Cbor, what_is_written_of_a_struct_is_what_is_written_of_its_json) {
    const std::string cbor = encode_event(Everything{}).value();
    EXPECT_EQ(json_to_cbor(cbor_to_json(cbor).value()).value(), cbor);
}

struct Paid {
    static constexpr auto format = Format::cbor;
    std::string account;
    std::int64_t cents = 0;
};

TEST(Cbor, an_event_says_its_format_and_is_read_by_what_is_stored) {
    const std::string cbor = encode_event(Paid{"a1", 900}).value();
    EXPECT_EQ(cbor_to_json(cbor).value(), R"({"account":"a1","cents":900})");
    EXPECT_EQ(cbor.size(), 21u);
    EXPECT_EQ(decode_event<Paid>(stored(cbor, cbor_content)).value().cents, 900);
    EXPECT_EQ(decode_event<Paid>(stored(R"({"account":"a1","cents":7})", json_content)).value().cents, 7);
    EXPECT_EQ(decode_event<Paid>(stored(R"({"account":"a1","cents":7})", "")).value().cents, 7);
}

TEST(Cbor, errors_name_the_place_as_with_json) {
    const std::string wrong = json_to_cbor(R"({"account":"a1","cents":"x"})").value();
    const auto unfit = decode_event<Paid>(stored(wrong, cbor_content));
    ASSERT_FALSE(unfit.ok());
    EXPECT_NE(unfit.error().message.find("Paid.cents: expected an integer"), std::string::npos)
        << unfit.error().message;
    const auto broken = decode_event<Paid>(stored("\x82", cbor_content));
    ASSERT_FALSE(broken.ok());
    EXPECT_NE(broken.error().message.find("this is not valid CBOR: it ends in the middle"), std::string::npos);
    const auto unwritten = encode_event(Paid{"\xff", 1});
    ASSERT_FALSE(unwritten.ok());
    EXPECT_NE(unwritten.error().message.find("Paid.account: this text is not UTF-8"), std::string::npos);
}

}  // namespace
}  // namespace varve
