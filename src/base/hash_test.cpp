#include "base/hash.hpp"

#include <gtest/gtest.h>

#include <string>

namespace {

TEST(Hash, Crc32cHasThePublishedValues) {
    EXPECT_EQ(varve::crc32c("123456789"), 0xE3069283U);
    EXPECT_EQ(varve::crc32c(""), 0U);
    // RFC 3720, appendix B.4.
    EXPECT_EQ(varve::crc32c(std::string(32, '\0')), 0x8A9136AAU);
    EXPECT_EQ(varve::crc32c(std::string(32, '\xff')), 0x62A8AB43U);
    std::string rising;
    for (char c = 0; c < 32; ++c) rising += c;
    EXPECT_EQ(varve::crc32c(rising), 0x46DD794EU);
}

TEST(Hash, Crc32cGoesOnFromASeed) {
    EXPECT_EQ(varve::crc32c("56789", varve::crc32c("1234")), varve::crc32c("123456789"));
}

TEST(Hash, Xxh3HasThePublishedValues) {
    EXPECT_EQ(varve::xxh3_64(""), 0x2D06800538D394C2U);
    EXPECT_EQ(varve::to_hex(varve::xxh3_128("")), "99aa06d3014798d86001c324468d497f");
}

TEST(Hash, Xxh3DependsOnSeedAndEveryByte) {
    const std::string text = "the layer of one year";
    EXPECT_NE(varve::xxh3_64(text), varve::xxh3_64(text, 1));
    for (std::size_t i = 0; i < text.size(); ++i) {
        std::string changed = text;
        changed[i] = '!';
        EXPECT_NE(varve::xxh3_64(changed), varve::xxh3_64(text)) << i;
        EXPECT_NE(varve::xxh3_128(changed), varve::xxh3_128(text)) << i;
    }
}

TEST(Hash, HexIsLowerCase) {
    varve::Hash hash;
    hash.bytes[0] = 0xAB;
    EXPECT_EQ(varve::to_hex(hash), "ab" + std::string(30, '0'));
}

}  // namespace
