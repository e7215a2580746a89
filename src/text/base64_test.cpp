#include "text/base64.hpp"

#include <gtest/gtest.h>

namespace varve::text {
namespace {

std::string encoded(std::string_view bytes) {
    std::string text;
    append_base64(text, bytes);
    return text;
}

TEST(Base64, EncodesTheExamplesOfTheStandard) {
    EXPECT_EQ(encoded(""), "");
    EXPECT_EQ(encoded("f"), "Zg==");
    EXPECT_EQ(encoded("fo"), "Zm8=");
    EXPECT_EQ(encoded("foo"), "Zm9v");
    EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
}

TEST(Base64, GivesEveryByteBack) {
    std::string bytes;
    for (int i = 0; i < 256; ++i) {
        bytes += static_cast<char>(i);
        EXPECT_EQ(from_base64(encoded(bytes)), bytes);
    }
}

TEST(Base64, RefusesWhatIsNotBase64) {
    for (const char* text : {"A", "AA", "AAA", "AA=A", "A===", "AB==", "AAB=", "A A=", "====", "Zm9v\n"}) {
        EXPECT_EQ(from_base64(text), std::nullopt) << text;
    }
}

}  // namespace
}  // namespace varve::text
