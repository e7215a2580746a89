/// HTTP/1.1 and HTTP/2 under curl, on the one port.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "transport/service.hpp"
#include "transport/shell.hpp"

namespace transport {
namespace {

struct Version {
    const char* name;
    const char* option;
};

class Curl : public testing::TestWithParam<Version> {
protected:
    [[nodiscard]] std::string url(const std::string& path) const {
        return "'http://127.0.0.1:" + std::to_string(serving_.port()) + path + "'";
    }
    [[nodiscard]] std::string curl(const std::string& options, const std::string& path) const {
        return output_of("curl -sS --max-time 60 " + std::string(GetParam().option) + " " + options + " " + url(path));
    }

    Serving serving_;
};

TEST_P(Curl, gets) {
    EXPECT_EQ(curl("", "/query?a=1&b=%20"), "a=1&b=%20");
    EXPECT_EQ(curl("", "/stream"), "one\ntwo\nthree\n");
    EXPECT_EQ(curl("", "/later"), "later\n");
    EXPECT_EQ(curl("-w '%{http_code}'", "/nothing"), "no /nothing\n404");
    EXPECT_EQ(curl("-w '%{http_code}'", "/none"), "204");
}

TEST_P(Curl, sees_what_belongs_to_an_answer) {
    const std::string head = curl("-D - -o /dev/null", "/query?x");
    EXPECT_NE(head.find("content-length: 1\r\n"), std::string::npos) << head;
    EXPECT_NE(head.find("date: "), std::string::npos) << head;
    EXPECT_NE(head.find("x-method: GET\r\n"), std::string::npos) << head;
}

TEST_P(Curl, asks_for_the_head_alone) {
    const std::string head = curl("-I", "/query?12345");
    EXPECT_NE(head.find("content-length: 5\r\n"), std::string::npos) << head;
    EXPECT_NE(head.find("x-method: HEAD\r\n"), std::string::npos) << head;
    EXPECT_TRUE(head.ends_with("\r\n\r\n")) << head;
}

TEST_P(Curl, posts_bodies_with_and_without_a_length) {
    EXPECT_EQ(curl("-d 'a body'", "/echo"), "a body");
    EXPECT_EQ(curl("-d ''", "/echo"), "");
    EXPECT_EQ(output_of("head -c 3000000 /dev/zero | curl -sS --max-time 60 " + std::string(GetParam().option) +
                        " -T - -X POST " + url("/echo") + " | wc -c"),
              "3000000\n");
    EXPECT_EQ(output_of("head -c 3000000 /dev/zero | curl -sS --max-time 60 " + std::string(GetParam().option) +
                        " --data-binary @- " + url("/echo") + " | wc -c"),
              "3000000\n");
}

TEST_P(Curl, reads_a_long_stream_as_fast_as_it_can) {
    EXPECT_EQ(
        output_of("curl -sS --max-time 60 " + std::string(GetParam().option) + " " + url("/big?50000000") + " | wc -c"),
        "50000000\n");
}

TEST_P(Curl, asks_for_several_things_on_one_connection) {
    if (std::string_view(GetParam().name) == "2") GTEST_SKIP() << "curl 7.88 does not reuse such a connection";
    const std::string all =
        curl("-w '%{num_connects} '", "/query?1") + curl("-w '%{num_connects} ' " + url("/query?2"), "/query?3");
    EXPECT_EQ(all, "11 21 30 ");
}

TEST_P(Curl, is_told_that_a_body_is_too_long) {
    EXPECT_EQ(output_of("head -c 18000000 /dev/zero | curl -sS --max-time 60 -o /dev/null -w '%{http_code}' " +
                        std::string(GetParam().option) + " --data-binary @- " + url("/echo"))
                  .substr(0, 3),
              "413");
}

TEST_P(Curl, is_told_that_the_headers_are_too_long) {
    EXPECT_EQ(curl("-o /dev/null -w '%{http_code}' -H \"x-long: $(head -c 20000 /dev/zero | tr '\\0' x)\"", "/query?1"),
              "431");
}

INSTANTIATE_TEST_SUITE_P(Http, Curl,
                         testing::Values(Version{"1", "--http1.1"}, Version{"2", "--http2-prior-knowledge"}),
                         [](const auto& one) { return std::string(one.param.name); });

}  // namespace
}  // namespace transport
