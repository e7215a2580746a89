/// Each limit of the server, and what happens to who goes beyond it.
#include <gtest/gtest.h>

#include <memory>
#include <vector>

#include "transport/h2_client.hpp"
#include "transport/service.hpp"

namespace transport {
namespace {

using varve::net::ServerLimits;

constexpr std::uint32_t enhance_your_calm = 11;

TEST(Limits, connections_beyond_the_limit_are_closed_and_others_live) {
    Serving serving({.connections = 3});
    std::vector<std::unique_ptr<H2Client>> clients;
    for (int i = 0; i < 3; ++i) {
        clients.push_back(std::make_unique<H2Client>(serving.port()));
        clients.back()->call(1, "/t/Unary", "in");
        EXPECT_EQ(clients.back()->answer(1).body, message("in"));
    }
    Line refused(serving.port());
    EXPECT_EQ(refused.receive_all(), "");
    EXPECT_EQ(serving.server->counters().connections_refused, 1U);
    clients.front()->call(3, "/t/Unary", "still in");
    EXPECT_EQ(clients.front()->answer(3).body, message("still in"));
    clients.pop_back();
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.connections == 2; }));
    H2Client next(serving.port());
    next.call(1, "/t/Unary", "in");
    EXPECT_EQ(next.answer(1).body, message("in"));
    EXPECT_EQ(serving.server->counters().connections_all, 4U);
}

TEST(Limits, streams_beyond_the_limit_are_refused) {
    Serving serving({.streams = 5});
    // It does not know the limit yet.
    H2Client client(serving.port());
    for (std::uint32_t i = 0; i < 6; ++i) client.head(2 * i + 1, call_fields("/t/Hang"));
    const auto reset = client.next(reset_frame, 11);
    ASSERT_TRUE(reset.has_value());
    EXPECT_EQ(reset->number(), 7U);
    client.reset(1);
    client.call(13, "/t/Unary", "in");
    EXPECT_EQ(client.answer(13).body, message("in"));
}

TEST(Limits, who_opens_too_many_streams_against_better_knowledge_is_hung_up_on) {
    Serving serving({.streams = 5});
    H2Client client(serving.port());
    client.greet();
    for (std::uint32_t i = 0; i < 6; ++i) client.head(2 * i + 1, call_fields("/t/Hang"));
    const auto goaway = client.next(goaway_frame, 0);
    ASSERT_TRUE(goaway.has_value());
    EXPECT_EQ(goaway->number(4), 1U);
}

TEST(Limits, headers_beyond_the_limit_are_refused) {
    Serving serving({.header_bytes = 2000});
    H2Client client(serving.port());
    client.call(1, "/t/Unary", "in", {{"x-long", std::string(2000, 'h')}});
    EXPECT_EQ(client.answer(1).status(), "8");
    client.head(3,
                {{":method", "GET"},
                 {":scheme", "http"},
                 {":path", "/query?1"},
                 {":authority", "localhost"},
                 {"x-long", std::string(2000, 'h')}},
                end_headers | end_stream);
    EXPECT_EQ(client.answer(3).head.front().second, "431");
    client.call(5, "/t/Unary", "in", {{"x-long", std::string(1000, 'h')}});
    EXPECT_EQ(client.answer(5).body, message("in"));
    // Many small ones count too.
    Fields many;
    for (int i = 0; i < 60; ++i) many.emplace_back("x", "");
    client.call(7, "/t/Unary", "in", many);
    EXPECT_EQ(client.answer(7).status(), "8");
}

TEST(Limits, trailers_of_a_request_are_bounded) {
    Serving serving({.header_bytes = 2000});
    H2Client client(serving.port());
    client.head(1, call_fields("/t/Hang"));
    client.head(1, {{"x-long", std::string(3000, 't')}}, end_headers | end_stream);
    EXPECT_EQ(client.next(reset_frame, 1)->number(), enhance_your_calm);
}

TEST(Limits, a_body_over_http2_is_bounded) {
    Serving serving({.http_body_bytes = 1000});
    H2Client client(serving.port());
    client.head(1, {{":method", "POST"}, {":scheme", "http"}, {":path", "/echo"}, {":authority", "localhost"}});
    client.data(1, std::string(1001, 'b'));
    EXPECT_EQ(client.answer(1).head.front().second, "413");
    EXPECT_EQ(client.next(reset_frame, 1)->number(), 0U);
}

TEST(Limits, a_client_that_resets_too_much_is_hung_up_on) {
    Serving serving({.resets = 100});
    H2Client client(serving.port());
    std::string flood;
    for (std::uint32_t i = 0; i < 1000; ++i) {
        flood += frame(headers_frame, end_headers, 2 * i + 1, header_block(call_fields("/t/Hang")));
        flood += frame(reset_frame, no_flag, 2 * i + 1, number(8));
    }
    client.line.send(flood);
    const auto goaway = client.next(goaway_frame, 0);
    ASSERT_TRUE(goaway.has_value());
    EXPECT_NE(goaway->number(4), 0U);
    EXPECT_FALSE(client.next([](const Frame&) { return false; }).has_value());
    EXPECT_LE(serving.record->facts().made, 120);
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.protocol_errors == 1 && now.connections == 0; }));
    EXPECT_EQ(serving.record->facts().made, serving.record->facts().destroyed);
}

TEST(Limits, a_client_that_makes_the_server_reset_too_much_is_hung_up_on) {
    Serving serving({.resets = 100});
    H2Client client(serving.port());
    std::string flood;
    for (std::uint32_t i = 0; i < 1000; ++i) {
        flood += frame(headers_frame, end_headers, 2 * i + 1, header_block(call_fields("/t/Hang")));
        // A window of nothing is an error of the stream.
        flood += frame(window_frame, no_flag, 2 * i + 1, number(0));
    }
    client.line.send(flood);
    const auto goaway = client.next(goaway_frame, 0);
    ASSERT_TRUE(goaway.has_value());
    EXPECT_NE(goaway->number(4), 0U);
    EXPECT_FALSE(client.next([](const Frame&) { return false; }).has_value());
    EXPECT_EQ(serving.server->counters().protocol_errors, 1U);
}

TEST(Limits, who_resets_now_and_then_is_served) {
    Serving serving({.resets = 100});
    H2Client client(serving.port());
    for (std::uint32_t i = 0; i < 90; ++i) {
        client.head(4 * i + 1, call_fields("/t/Hang"));
        client.reset(4 * i + 1);
        client.call(4 * i + 3, "/t/Unary", "next");
        ASSERT_EQ(client.answer(4 * i + 3).body, message("next"));
    }
}

TEST(Limits, floods_of_pings_and_settings_are_hung_up_on) {
    for (const std::string& one : {frame(ping_frame, no_flag, 0, "12345678"), frame(settings_frame, no_flag, 0, {})}) {
        Serving serving;
        H2Client client(serving.port());
        std::string flood;
        for (int i = 0; i < 100'000; ++i) flood += one;
        client.line.send(flood);
        while (client.next().has_value()) {
        }
        EXPECT_TRUE(serving.wait([](const auto& now) { return now.connections == 0; }));
        EXPECT_EQ(serving.server->counters().protocol_errors, 1U);
    }
}

TEST(Limits, many_pings_each_answered_are_fine) {
    Serving serving;
    H2Client client(serving.port());
    for (int i = 0; i < 5000; ++i) {
        client.ping("12345678");
        ASSERT_TRUE(client.next(ping_frame, 0).has_value());
    }
    client.call(1, "/t/Unary", "in");
    EXPECT_EQ(client.answer(1).body, message("in"));
}

TEST(Limits, a_head_that_never_ends_is_hung_up_on) {
    Serving serving;
    H2Client client(serving.port());
    client.head(1, call_fields("/t/Unary"), no_flag);
    std::string flood;
    for (int i = 0; i < 10'000; ++i) flood += frame(continuation_frame, no_flag, 1, header_block({{"x", "y"}}));
    client.line.send(flood);
    while (client.next().has_value()) {
    }
    EXPECT_EQ(serving.server->counters().protocol_errors, 1U);
    EXPECT_EQ(serving.record->facts().made, 0);
}

TEST(Limits, who_says_nothing_or_half_a_word_is_hung_up_on) {
    Serving serving({.handshake = 50ms});
    Line silent(serving.port());
    Line half(serving.port());
    half.send("PR");
    Line greeting(serving.port());
    greeting.send(preface.substr(0, 20));
    Line head(serving.port());
    head.send("GET /query HTTP/1.1\r\nhost:");
    H2Client h2_head(serving.port());
    h2_head.head(1, call_fields("/t/Unary"), no_flag);
    H2Client patient(serving.port());
    patient.greet();
    EXPECT_EQ(silent.receive_all(), "");
    EXPECT_EQ(half.receive_all(), "");
    (void)greeting.receive_all();
    EXPECT_NE(head.receive_all().find("408"), std::string::npos);
    while (h2_head.next().has_value()) {
    }
    patient.call(1, "/t/Unary", "in");
    EXPECT_EQ(patient.answer(1).body, message("in"));
}

TEST(Limits, a_connection_without_calls_is_closed_when_it_is_idle) {
    Serving serving({.idle = 50ms});
    H2Client client(serving.port());
    client.call(1, "/t/Unary", "in");
    EXPECT_EQ(client.answer(1).body, message("in"));
    const auto goaway = client.next(goaway_frame, 0);
    ASSERT_TRUE(goaway.has_value());
    EXPECT_EQ(goaway->number(4), 0U);
    EXPECT_FALSE(client.next([](const Frame&) { return false; }).has_value());
    Line line(serving.port());
    line.send("GET /query?1 HTTP/1.1\r\nhost: a\r\n\r\n");
    EXPECT_TRUE(line.receive_all().ends_with("\r\n\r\n1"));
}

TEST(Limits, a_peer_that_does_not_answer_is_given_up_and_one_that_does_is_kept) {
    Serving serving({.keepalive = 30ms, .keepalive_timeout = 60ms});
    H2Client dead(serving.port());
    dead.head(1, call_fields("/t/Hang"));
    H2Client alive(serving.port());
    for (int i = 0; i < 5; ++i) {
        ASSERT_TRUE(alive.next([](const Frame& one) { return one.type == ping_frame; }).has_value());
    }
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.cancelled == 1; }));
    EXPECT_EQ(serving.server->counters().protocol_errors, 0U);
    alive.call(1, "/t/Unary", "in");
    EXPECT_EQ(alive.answer(1).body, message("in"));
}

}  // namespace
}  // namespace transport
