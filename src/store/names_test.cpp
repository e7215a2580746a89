#include "store/names.hpp"

#include <gtest/gtest.h>

namespace varve::store {
namespace {

TEST(Names, fine_ones_have_no_fault) {
    for (const char* name : {"a", "account-a1", "a b", "\xc3\xa9", "\xc2\xa0", "\xf0\x9f\x98\x80", "~"}) {
        EXPECT_EQ(name_fault(name, 512), "") << name;
    }
}

TEST(Names, faults_end_a_sentence) {
    EXPECT_EQ(name_fault("", 512), "is empty");
    EXPECT_EQ(name_fault("abcd", 3), "has 4 bytes; the limit is 3");
    EXPECT_EQ(name_fault("\xff", 512), "is not valid UTF-8");
    EXPECT_EQ(name_fault("\xc3", 512), "is not valid UTF-8");
    for (const char* name : {"a\n", "\x1f", "\x7f", "a\xc2\x80", "\xc2\x9f"}) {
        EXPECT_EQ(name_fault(name, 512), "contains a control character");
    }
}

TEST(Names, quoting_shows_text_and_escapes_the_rest) {
    EXPECT_EQ(in_quotes("account-a1"), "'account-a1'");
    EXPECT_EQ(in_quotes("\xc3\xa9"), "'\xc3\xa9'");
    EXPECT_EQ(in_quotes(std::string_view("a\0\n", 3)), "'a\\x00\\x0a'");
    EXPECT_EQ(in_quotes("\xff\xc2\x85"), "'\\xff\\xc2\\x85'");
    EXPECT_EQ(in_quotes(std::string(80, 'x')), "'" + std::string(80, 'x') + "'");
    EXPECT_EQ(in_quotes(std::string(81, 'x')), "'" + std::string(80, 'x') + "...'");
}

}  // namespace
}  // namespace varve::store
