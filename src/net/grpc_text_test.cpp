#include "net/grpc_text.hpp"

#include <gtest/gtest.h>

namespace varve::net {
namespace {

using std::chrono_literals::operator""h;
using std::chrono_literals::operator""min;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""ns;
using std::chrono_literals::operator""s;
using std::chrono_literals::operator""us;

TEST(GrpcText, base64_is_written_without_padding) {
    EXPECT_EQ(to_base64(""), "");
    EXPECT_EQ(to_base64("f"), "Zg");
    EXPECT_EQ(to_base64("fo"), "Zm8");
    EXPECT_EQ(to_base64("foo"), "Zm9v");
    EXPECT_EQ(to_base64("\xFF\xFE"), "//4");
}

TEST(GrpcText, base64_is_read_with_padding_and_without) {
    EXPECT_EQ(from_base64("Zg"), "f");
    EXPECT_EQ(from_base64("Zg=="), "f");
    EXPECT_EQ(from_base64("Zm8="), "fo");
    EXPECT_EQ(from_base64(""), "");
    EXPECT_EQ(from_base64("Z"), std::nullopt);
    EXPECT_EQ(from_base64("Zg="), std::nullopt);
    EXPECT_EQ(from_base64("Z g="), std::nullopt);
    EXPECT_EQ(from_base64("===="), std::nullopt);
}

TEST(GrpcText, every_byte_comes_back_from_base64) {
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        bytes += static_cast<char>(i);
        EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
    }
}

TEST(GrpcText, texts_are_percent_encoded_and_come_back) {
    EXPECT_EQ(percent_encoded("plain text, 100%"), "plain text, 100%25");
    EXPECT_EQ(percent_encoded("gr\xC3\xBC\xC3\x9F\n"), "gr%C3%BC%C3%9F%0A");
    EXPECT_EQ(percent_decoded("gr%C3%BC%c3%9F%0A"), "gr\xC3\xBC\xC3\x9F\n");
    EXPECT_EQ(percent_decoded("100%, 5%2, %zz"), "100%, 5%2, %zz");
}

TEST(GrpcText, a_long_text_is_cut_between_characters) {
    EXPECT_EQ(percent_encoded("ab\xC3\xBC", 8), "ab%C3%BC");
    EXPECT_EQ(percent_encoded("ab\xC3\xBC", 7), "ab");
    EXPECT_EQ(percent_encoded("ab\xC3", 5), "ab%C3");
}

TEST(GrpcText, timeouts_are_read_and_absurd_ones_are_shortened) {
    EXPECT_EQ(parse_timeout("100m"), 100ms);
    EXPECT_EQ(parse_timeout("5S"), 5s);
    EXPECT_EQ(parse_timeout("2H"), 2h);
    EXPECT_EQ(parse_timeout("3M"), 3min);
    EXPECT_EQ(parse_timeout("7u"), 7us);
    EXPECT_EQ(parse_timeout("0n"), 0ns);
    EXPECT_EQ(parse_timeout("99999999H"), longest_timeout);
    EXPECT_EQ(parse_timeout("9999999999999999999999999999n"), longest_timeout);
}

TEST(GrpcText, what_is_no_timeout_is_none) {
    for (const char* text : {"", "S", "5", "5s", "-5S", "5.0S", " 5S", "5 S"}) {
        EXPECT_EQ(parse_timeout(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace varve::net
