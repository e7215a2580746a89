/// HTTP/1.1, byte by byte.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "transport/line.hpp"
#include "transport/service.hpp"

namespace transport {
namespace {

const std::string get_1 = "GET /query?1 HTTP/1.1\r\nhost: a\r\n\r\n";

/// How often a text is in another.
std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

std::string all_of(const Serving& serving, std::string_view request) {
    Line line(serving.port());
    line.send(request);
    return line.receive_all();
}

TEST(Http1, a_connection_is_kept) {
    Serving serving;
    Line line(serving.port());
    for (int i = 0; i < 10; ++i) {
        line.send(get_1);
        const std::string answer = line.receive_until("\r\n\r\n1");
        EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
        EXPECT_EQ(answer.find("connection:"), std::string::npos) << answer;
    }
    EXPECT_EQ(serving.server->counters().connections_all, 1U);
    EXPECT_EQ(serving.server->counters().calls_all, 10U);
    EXPECT_EQ(serving.server->counters().calls, 0U);
}

TEST(Http1, one_that_is_to_be_closed_is_closed) {
    Serving serving;
    const std::string answer = all_of(serving, "GET /query?1 HTTP/1.1\r\nhost: a\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answer.find("connection: close\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n1")) << answer;
}

TEST(Http1, the_old_version_is_answered_in_its_way) {
    Serving serving;
    EXPECT_TRUE(all_of(serving, "GET /query?1 HTTP/1.0\r\n\r\n").ends_with("\r\n\r\n1"));
    const std::string stream = all_of(serving, "GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_TRUE(stream.ends_with("\r\n\r\none\ntwo\nthree\n")) << stream;
    EXPECT_EQ(stream.find("chunked"), std::string::npos) << stream;
    Line kept(serving.port());
    kept.send("GET /query?1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_NE(kept.receive_until("\r\n\r\n1").find("connection: keep-alive"), std::string::npos);
    kept.send("GET /query?2 HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(kept.receive_all().ends_with("\r\n\r\n2"));
}

TEST(Http1, pieces_are_chunks) {
    Serving serving;
    const std::string answer = all_of(serving, "GET /stream HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    EXPECT_NE(answer.find("transfer-encoding: chunked\r\n"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n4\r\none\n\r\n4\r\ntwo\n\r\n6\r\nthree\n\r\n0\r\n\r\n")) << answer;
}

TEST(Http1, requests_ahead_are_answered_one_after_the_other) {
    Serving serving;
    std::string all;
    for (int i = 0; i < 2000; ++i) {
        all += "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 6\r\n\r\n<" + std::to_string(1000 + i) + ">";
    }
    // Some of them are answered later, from another thread.
    all.insert(0, "GET /later HTTP/1.1\r\nhost: a\r\n\r\n");
    all += "GET /later HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    const std::string answers = all_of(serving, all);
    std::size_t at = answers.find("later");
    for (int i = 0; i < 2000; ++i) {
        const std::size_t next = answers.find("<" + std::to_string(1000 + i) + ">", at);
        ASSERT_NE(next, std::string::npos) << i;
        at = next;
    }
    EXPECT_NE(answers.find("later", at), std::string::npos);
    EXPECT_EQ(count(answers, "HTTP/1.1 200 OK"), 2002U);
}

TEST(Http1, requests_ahead_of_one_that_is_not_answered_fill_no_memory) {
    Serving serving;
    Line line(serving.port());
    line.send("GET /hang HTTP/1.1\r\nhost: a\r\n\r\n");
    std::string many;
    while (many.size() < 60'000) many += get_1;
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.calls == 1; }));
    // Until neither kernel takes more.
    std::uint64_t taken = 0;
    while (taken < 50'000'000) {
        const std::size_t sent = line.send_some(many);
        if (sent == 0) break;
        taken += sent;
    }
    EXPECT_LT(taken, 50'000'000U);
    EXPECT_LT(serving.server->counters().buffered_bytes, 200'000U);
    line.reset();
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.calls == 0 && now.buffered_bytes == 0; }));
}

TEST(Http1, a_request_cut_at_any_byte_is_understood) {
    Serving serving;
    const std::string whole =
        "POST /echo?q HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        "3\r\nabc\r\n5;x=y\r\ndefgh\r\n0\r\nTrailer: t\r\n\r\n";
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        Line line(serving.port());
        ASSERT_TRUE(line.send(whole.substr(0, cut)));
        ASSERT_TRUE(line.send(whole.substr(cut)));
        ASSERT_TRUE(line.receive_all().ends_with("\r\n\r\nabcdefgh")) << cut;
    }
    Line slow(serving.port());
    for (const char byte : whole) ASSERT_TRUE(slow.send({&byte, 1}));
    EXPECT_TRUE(slow.receive_all().ends_with("\r\n\r\nabcdefgh"));
}

TEST(Http1, who_asks_before_sending_a_body_is_told_to_go_on) {
    Serving serving;
    Line line(serving.port());
    const std::string head = "POST /echo HTTP/1.1\r\nhost: a\r\nExpect: 100-continue\r\nconnection: close\r\n";
    line.send(head + "content-length: 4\r\n\r\n");
    EXPECT_EQ(line.receive_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    line.send("body");
    EXPECT_TRUE(line.receive_all().ends_with("\r\n\r\nbody"));
    EXPECT_TRUE(all_of(serving, head + "content-length: 999999999\r\n\r\n").starts_with("HTTP/1.1 413 "));
    EXPECT_TRUE(all_of(serving, head + "content-length: 4\r\n\r\nbody").starts_with("HTTP/1.1 200 "));
}

TEST(Http1, an_answer_to_head_has_no_body) {
    Serving serving;
    const std::string answer = all_of(
        serving,
        "HEAD /query?12345 HTTP/1.1\r\nhost: a\r\n\r\nHEAD /stream HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    EXPECT_NE(answer.find("content-length: 5\r\n"), std::string::npos) << answer;
    EXPECT_EQ(answer.find("12345"), std::string::npos) << answer;
    EXPECT_EQ(answer.find("one"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST(Http1, what_is_no_request_is_refused) {
    struct Case {
        std::string request;
        const char* status;
    };
    const std::vector<Case> cases = {
        {"nonsense\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\n\r\n", "400"},  // no host
        {"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", "400"},
        {"GET  / HTTP/1.1\r\nhost: a\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n", "400"},
        {"GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n", "400"},
        {"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", "400"},
        {"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip\r\n\r\n", "501"},
        {"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999\r\n\r\n", "413"},
        {"GET / HTTP/1.1\r\nhost: a\r\nx: " + std::string(20'000, 'x') + "\r\n\r\n", "431"},
        {"GET / HTTP/3.1\r\nhost: a\r\n\r\n", "505"},
        {"PRIORITY / HTTP/1.1\r\n\r\n", "400"},
        {"\x16\x03\x01\x02\x01", "400"},  // TLS
    };
    Serving serving;
    for (const Case& one : cases) {
        const std::string answer = all_of(serving, one.request);
        EXPECT_TRUE(answer.starts_with(std::string("HTTP/1.1 ") + one.status)) << one.request << "\n-> " << answer;
        EXPECT_NE(answer.find("connection: close"), std::string::npos) << answer;
    }
    EXPECT_EQ(serving.server->counters().protocol_errors, cases.size());
    EXPECT_EQ(serving.server->counters().calls_all, 0U);
}

TEST(Http1, two_lengths_smuggle_nothing) {
    Serving serving;
    const std::string answer = all_of(serving,
                                      "POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 4\r\ntransfer-encoding: "
                                      "chunked\r\n\r\n0\r\n\r\n" +
                                          get_1);
    EXPECT_EQ(count(answer, "HTTP/1.1 "), 1U) << answer;
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
}

TEST(Http1, who_goes_away_is_noticed) {
    Serving serving;
    Line line(serving.port());
    line.send("GET /hang HTTP/1.1\r\nhost: a\r\n\r\n");
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.calls == 1; }));
    line.close();
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.calls == 0 && now.connections == 0; }));
}

TEST(Http1, who_does_not_read_costs_little) {
    Serving serving;
    Line line(serving.port(), 4096);
    line.send("GET /big?100000000 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.buffered_bytes > 100'000; }));
    EXPECT_LT(serving.server->counters().buffered_bytes, 600'000U);
    const std::string all = line.receive_all();
    EXPECT_GT(all.size(), 100'000'000U);
    EXPECT_TRUE(all.ends_with("\r\n0\r\n\r\n"));
}

}  // namespace
}  // namespace transport
