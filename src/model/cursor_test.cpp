#include "varve/detail/cursor.hpp"

#include <gtest/gtest.h>

#include <string>

#include "varve/limits.hpp"
#include "varve/result.hpp"

namespace varve::detail {
namespace {

/// The message with which a cursor is refused; empty: it was read.
std::string refused(std::string_view walk, std::string_view cursor) {
    try {
        static_cast<void>(read_cursor(walk, cursor));
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.error().code, Code::invalid_argument);
        return failure.error().message;
    }
    return {};
}

TEST(Cursor, gives_back_its_key_and_fits_in_a_url) {
    for (const std::string key : {"\"a/b?c\"", "17", "\"\xc3\xa4\"", ""}) {
        const std::string cursor = write_cursor("Balance > ", key);
        EXPECT_EQ(read_cursor("Balance > ", cursor), key);
        EXPECT_EQ(cursor.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
                  std::string::npos);
    }
}

TEST(Cursor, stays_as_it_is_from_version_to_version) {
    EXPECT_EQ(write_cursor("Balance > ", "\"a1\""), "ASh1OxlG-9vBbW7Uc3TLIr0iYTEi");
}

TEST(Cursor, every_change_of_a_letter_is_noticed) {
    const std::string cursor = write_cursor("Balance > ", "\"a1\"");
    for (std::size_t i = 0; i < cursor.size(); ++i) {
        std::string changed = cursor;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        EXPECT_NE(refused("Balance > ", changed), "") << changed;
        EXPECT_NE(refused("Balance > ", cursor.substr(0, i)), "") << i;
    }
    EXPECT_NE(refused("Balance > ", "a1").find("is no cursor"), std::string::npos);
    EXPECT_NE(refused("Balance > ", cursor + "AAAA").find("was changed"), std::string::npos);
}

TEST(Cursor, is_good_for_its_own_walk_alone) {
    const std::string cursor = write_cursor("Balance > ", "\"a1\"");
    EXPECT_NE(refused("Balance < ", cursor).find("belongs to another table, range or direction"), std::string::npos);
    EXPECT_NE(refused("Account > ", cursor).find("belongs to another table, range or direction"), std::string::npos);
}

TEST(Cursor, a_page_is_neither_empty_nor_endless) {
    check_page_rows(1);
    check_page_rows(limits::page_rows);
    EXPECT_THROW(check_page_rows(0), Failure);
    EXPECT_THROW(check_page_rows(limits::page_rows + 1), Failure);
}

}  // namespace
}  // namespace varve::detail
