#include "cli/text.hpp"

#include <gtest/gtest.h>

#include <clocale>

namespace varve::cli {
namespace {

TEST(Text, OneLineDisarmsWhatATerminalWouldObey) {
    EXPECT_EQ(one_line("a\nb\tc\r"), "a b c ");
    EXPECT_EQ(one_line("\x1b[31mred"), "\\x1b[31mred");
    EXPECT_EQ(one_line("caf\xc3\xa9"), "café");
    EXPECT_EQ(one_line("\xc3("), "\\xc3(");
    EXPECT_EQ(one_line("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "a surrogate is no UTF-8";
    EXPECT_EQ(one_line("\xc2\x9b"), "\\xc2\\x9b") << "C1 controls begin escape sequences too";
    EXPECT_EQ(one_line("\xe2\x80\xae"), "\\xe2\\x80\\xae") << "right-to-left override";
    EXPECT_EQ(one_line(std::string_view("\0", 1)), "\\x00");
}

TEST(Text, ShortensByColumnsAndNeverInsideACharacter) {
    std::setlocale(LC_CTYPE, "C.UTF-8");
    EXPECT_EQ(shortened("hello", 5), "hello");
    EXPECT_EQ(shortened("hello!", 5), "hell…");
    EXPECT_EQ(shortened("ééé", 3), "ééé");
    EXPECT_EQ(shortened("éééé", 3), "éé…");
    EXPECT_EQ(columns("日本"), 4U);
    EXPECT_EQ(shortened("日本語", 5), "日本…");
    EXPECT_EQ(shortened("日本語", 4), "日…");
    EXPECT_EQ(shortened("x", 0), "");
}

TEST(Text, Aligns) {
    EXPECT_EQ(padded("é", 3), "é  ");
    EXPECT_EQ(right_aligned("7", 3), "  7");
    EXPECT_EQ(padded("long", 2), "long");
}

TEST(Text, Numbers) {
    EXPECT_EQ(with_commas(0), "0");
    EXPECT_EQ(with_commas(999), "999");
    EXPECT_EQ(with_commas(1000), "1,000");
    EXPECT_EQ(with_commas(12345678), "12,345,678");
    EXPECT_EQ(counted(1, "event"), "1 event");
    EXPECT_EQ(counted(2000, "event"), "2,000 events");
    EXPECT_EQ(bytes_text(1023), "1023 B");
    EXPECT_EQ(bytes_text(1536), "1.5 KiB");
    EXPECT_EQ(bytes_text(1024 * 1024 - 1), "1.0 MiB");
    EXPECT_EQ(bytes_text(64ULL << 20), "64.0 MiB");
    EXPECT_EQ(duration_text(std::chrono::seconds(59)), "59s");
    EXPECT_EQ(duration_text(std::chrono::seconds(65)), "1m05s");
    EXPECT_EQ(duration_text(std::chrono::minutes(184)), "3h04m");
}

}  // namespace
}  // namespace varve::cli
