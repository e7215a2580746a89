/// Clients that mean harm, or are broken, and many of them.
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <thread>
#include <vector>

#include "transport/h2_client.hpp"
#include "transport/service.hpp"

namespace transport {
namespace {

void expect_served(const Serving& serving) {
    H2Client client(serving.port());
    client.call(1, "/t/Unary", "hello");
    EXPECT_EQ(client.answer(1).body, message("hello"));
}

TEST(Hostile, frames_that_break_the_rules_end_their_connection_alone) {
    const std::string hello = std::string(preface) + frame(settings_frame, no_flag, 0, {});
    const std::string head = frame(headers_frame, end_headers, 1, header_block(call_fields("/t/Unary")));
    const std::vector<std::string> cases = {
        std::string(preface) + head,                         // no settings
        hello + frame(data_frame, no_flag, 1, "to nobody"),  // before its head
        hello + frame(headers_frame, end_headers, 2, header_block(call_fields("/t/Unary"))),
        hello + head + frame(data_frame, no_flag, 0, "to the connection"),
        hello + frame(headers_frame, end_headers, 1, "\xFF\xFF\xFF\xFF"),  // no HPACK
        hello + frame(settings_frame, no_flag, 0, "12345"),
        hello + frame(settings_frame, no_flag, 0, setting(4, 0xFFFF'FFFF)),
        hello + frame(window_frame, no_flag, 0, number(0)),
        hello + frame(window_frame, no_flag, 0, number(0x7FFF'FFFF)),
        hello + frame(ping_frame, no_flag, 0, "short"),
        hello + frame(continuation_frame, end_headers, 1, ""),
        hello + frame(headers_frame, no_flag, 1, "") + frame(ping_frame, no_flag, 0, "12345678"),
        hello + std::string("\xFF\xFF\xFF\x00\x00\x00\x00\x00\x01", 9),  // a frame of 16 MiB
        hello + frame(5, end_headers, 1, number(2)),                     // a client that pushes
        "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n",
        "PRI is what it is not",
    };
    Serving serving;
    for (const std::string& bytes : cases) {
        Line line(serving.port());
        line.send(bytes);
        (void)line.receive_all();
    }
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.connections == 0; }));
    EXPECT_EQ(serving.server->counters().protocol_errors, cases.size());
    expect_served(serving);
}

TEST(Hostile, bad_heads_end_their_stream_alone) {
    Serving serving;
    H2Client client(serving.port());
    const std::vector<Fields> cases = {
        {{":method", "POST"}},
        call_fields("/t/Unary", {{"Upper", "case"}}),
        call_fields("/t/Unary", {{"connection", "close"}}),
        call_fields("/t/Unary", {{":path", "/late"}}),
        call_fields("no path"),
    };
    std::uint32_t stream = 1;
    for (const Fields& fields : cases) {
        client.head(stream, fields, end_headers | end_stream);
        EXPECT_TRUE(client.answer(stream).reset.has_value()) << stream;
        stream += 2;
    }
    client.call(stream, "/t/Unary", "hello");
    EXPECT_EQ(client.answer(stream).body, message("hello"));
}

TEST(Hostile, random_bytes_after_a_good_beginning_do_no_harm) {
    Serving serving({.handshake = 200ms});
    std::mt19937 random(7);
    const std::string good = std::string(preface) + frame(settings_frame, no_flag, 0, {}) +
                             frame(headers_frame, end_headers, 1, header_block(call_fields("/t/Bidi"))) +
                             frame(data_frame, no_flag, 1, message("hello")) +
                             frame(window_frame, no_flag, 1, number(77)) + frame(reset_frame, no_flag, 1, number(8));
    for (int round = 0; round < 300; ++round) {
        std::string bytes = good;
        for (int i = 0; i < 3; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
        Line line(serving.port());
        line.send(bytes);
        line.end_sending();
        if (round % 2 == 0) line.reset();
    }
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.connections == 0 && now.buffered_bytes == 0; }));
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.made == facts.destroyed; }));
    expect_served(serving);
}

TEST(Hostile, a_thousand_connections_are_served_and_go) {
    Serving serving({}, 2);
    std::vector<std::unique_ptr<H2Client>> clients;
    for (int i = 0; i < 1000; ++i) {
        clients.push_back(std::make_unique<H2Client>(serving.port()));
        clients.back()->call(1, "/t/Unary", "hello");
        clients.back()->head(3, call_fields("/t/Hang"));
    }
    for (const auto& client : clients) ASSERT_EQ(client->answer(1).body, message("hello"));
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.connections == 1000 && now.calls == 1000; }));
    clients.clear();
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.connections == 0 && now.calls == 0; }));
    const auto facts = serving.record->facts();
    EXPECT_EQ(facts.made, 2000);
    EXPECT_EQ(facts.cancelled, 1000);
    EXPECT_TRUE(serving.record->wait([](const auto& now) { return now.destroyed == 2000; }));
}

TEST(Hostile, clients_that_come_and_are_killed_leave_nothing) {
    Serving serving({}, 2);
    std::vector<std::jthread> crowd;
    for (int i = 0; i < 4; ++i) {
        crowd.emplace_back([&serving] {
            for (int round = 0; round < 100; ++round) {
                H2Client client(serving.port());
                client.call(1, "/t/Count", "1000 100");
                client.head(3, call_fields("/t/Bidi"));
                client.data(3, message("hello"));
                if (round % 3 == 0) (void)client.next(data_frame, 1);
                client.line.reset();
            }
        });
    }
    crowd.clear();
    EXPECT_TRUE(serving.wait(
        [](const auto& now) { return now.connections == 0 && now.calls == 0 && now.buffered_bytes == 0; }));
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.made == facts.destroyed; }));
}

TEST(Hostile, a_server_that_goes_while_clients_talk_leaves_nothing) {
    for (int round = 0; round < 20; ++round) {
        auto serving = std::make_unique<Serving>(varve::net::ServerLimits{}, 2);
        std::vector<std::unique_ptr<H2Client>> clients;
        for (int i = 0; i < 10; ++i) {
            clients.push_back(std::make_unique<H2Client>(serving->port()));
            clients.back()->call(1, "/t/Count", "100000 1000");
            clients.back()->head(3, call_fields("/t/Bidi"));
            clients.back()->data(3, message("hello"));
        }
        const auto record = serving->record;
        serving.reset();
        EXPECT_EQ(record->facts().made, record->facts().destroyed);
    }
}

}  // namespace
}  // namespace transport
