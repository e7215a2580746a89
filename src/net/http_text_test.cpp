#include "net/http_text.hpp"

#include <gtest/gtest.h>

namespace varve::net {
namespace {

using Header = std::pair<std::string, std::string>;

TEST(HttpText, a_date_is_written_as_http_wants_it) {
    EXPECT_EQ(http_date(std::chrono::system_clock::from_time_t(784111777)), "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(HttpText, a_header_cannot_smuggle_another) {
    EXPECT_EQ(sendable_header("X-Name", "a\r\nSet-Cookie: b"), Header("x-name", "a  Set-Cookie: b"));
    EXPECT_EQ(sendable_header("x-name", "  spaced\t"), Header("x-name", "spaced"));
    EXPECT_EQ(sendable_header("x-name", ""), Header("x-name", ""));
    EXPECT_EQ(sendable_header("x name", "a"), Header());
    EXPECT_EQ(sendable_header("x:name", "a"), Header());
    EXPECT_EQ(sendable_header(":status", "200"), Header());
}

TEST(HttpText, what_the_transport_writes_itself_is_not_taken_from_a_handler) {
    EXPECT_EQ(sendable_header("Content-Length", "7"), Header());
    EXPECT_EQ(sendable_header("Transfer-Encoding", "chunked"), Header());
    EXPECT_EQ(sendable_header("connection", "close"), Header());
}

TEST(HttpText, a_target_has_two_parts) {
    EXPECT_EQ(split_target("/a/b"), Header("/a/b", ""));
    EXPECT_EQ(split_target("/a?b=c?d"), Header("/a", "b=c?d"));
    EXPECT_EQ(split_target("/a?"), Header("/a", ""));
}

}  // namespace
}  // namespace varve::net
