/// Who waits for whom: windows, pauses, and what may wait in memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "transport/h2_client.hpp"
#include "transport/service.hpp"

namespace transport {
namespace {

constexpr std::uint64_t mebibyte = 1 << 20;

TEST(Flow, a_client_without_window_is_sent_little_and_loses_nothing) {
    Serving serving;
    H2Client client(serving.port(), 1000);
    client.call(1, "/t/Count", "10000 1000");
    EXPECT_EQ(client.next(data_frame, 1)->payload.size(), 1000U);
    client.ping("are you?");
    EXPECT_EQ(client.next(ping_frame, 0)->payload, "are you?");
    const auto facts = serving.record->facts();
    EXPECT_LT(facts.sent, 1000U) << "it produces what nobody takes";
    EXPECT_LT(serving.server->counters().buffered_bytes, mebibyte);
    client.open_window(1, 64 << 20);
    client.open_window(0, 64 << 20);
    EXPECT_EQ(client.answer(1).body.size() + 1000, 10'000U * 1005);
    EXPECT_EQ(serving.record->facts().sent, 10'000U);
}

TEST(Flow, a_client_that_does_not_read_its_socket_costs_little) {
    Serving serving;
    H2Client client(serving.port(), 0x7FFF'FFFF, 4096);
    client.open_window(0, 0x7FFF'0000);
    for (std::uint32_t i = 0; i < 50; ++i) client.call(2 * i + 1, "/t/Count", "1000000 1000");
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.half_closed == 50; }));
    // Until the socket is full and nothing moves.
    EXPECT_TRUE(serving.wait([&](const auto& now) { return now.buffered_bytes > 5 * mebibyte && now.bytes_out > 0; }));
    EXPECT_LT(serving.server->counters().buffered_bytes, 50 * 300'000U + mebibyte);
    // Others are served meanwhile.
    H2Client other(serving.port());
    other.call(1, "/t/Unary", "hello");
    EXPECT_EQ(other.answer(1).body, message("hello"));
    client.line.close();
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.destroyed == facts.made; }));
}

TEST(Flow, a_paused_handler_stops_its_client) {
    Serving serving;
    H2Client client(serving.port());
    client.greet();
    client.head(1, call_fields("/t/Paused"));
    const std::string part(16'000, 'p');
    client.data(1, message("first"));
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.messages == 1; }));
    // As much as the stream's window allows.
    for (std::uint64_t sent = 0; sent + part.size() + 5 < mebibyte - 100; sent += part.size() + 5) {
        client.data(1, message(part));
    }
    client.ping("all read");
    const auto seen = client.next([](const Frame& one) { return one.type == ping_frame || one.stream == 1; });
    ASSERT_TRUE(seen.has_value());
    EXPECT_EQ(seen->type, ping_frame) << "the stream's window was opened";
    EXPECT_EQ(serving.record->facts().messages, 1);
    EXPECT_GT(serving.server->counters().buffered_bytes, mebibyte * 9 / 10);
    // One that is resumed gets them all; another call is not held up.
    client.call(3, "/t/Unary", "hello");
    EXPECT_EQ(client.answer(3).body, message("hello"));
    client.reset(1);
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.buffered_bytes == 0; }));
}

TEST(Flow, a_client_that_asks_and_does_not_read_is_not_asked_for_more) {
    Serving serving;
    H2Client client(serving.port(), 0);
    client.greet();
    client.head(1, call_fields("/t/Bidi"));
    const std::string asked = message(std::string(16'000, 'q'));
    for (std::uint64_t sent = 0; sent + asked.size() < mebibyte; sent += asked.size()) client.data(1, asked);
    client.ping("all read");
    const auto seen = client.next(
        [](const Frame& one) { return one.type == ping_frame || (one.type == window_frame && one.stream == 1); });
    ASSERT_TRUE(seen.has_value());
    EXPECT_EQ(seen->type, ping_frame) << "the stream's window was opened";
    EXPECT_GT(serving.server->counters().buffered_bytes, mebibyte / 2);
    EXPECT_LT(serving.server->counters().buffered_bytes, 2 * mebibyte);
}

TEST(Flow, a_message_longer_than_the_window_comes_through) {
    Serving serving;
    H2Client client(serving.port());
    client.greet();
    client.head(1, call_fields("/t/Collect"));
    const std::string body = message(std::string(5 * mebibyte, 'l'));
    std::size_t allowed = mebibyte;
    std::size_t sent = 0;
    while (sent < body.size()) {
        const std::size_t part = std::min({allowed, body.size() - sent, std::size_t{16'384}});
        if (part == 0) {
            const auto more = client.next(window_frame, 1);
            ASSERT_TRUE(more.has_value());
            allowed += more->number();
            continue;
        }
        client.data(1, std::string_view(body).substr(sent, part), sent + part == body.size());
        allowed -= part;
        sent += part;
    }
    EXPECT_EQ(client.answer(1).body, message("1 5242880"));
}

TEST(Flow, who_sends_without_looking_is_ended_when_the_connection_holds_too_much) {
    varve::net::ServerLimits limits;
    limits.connection_bytes = 4 * mebibyte;
    Serving serving(limits);
    H2Client client(serving.port(), 0);
    client.head(1, call_fields("/t/Flood"));
    client.head(3, call_fields("/t/Hang"));
    client.data(1, message("go"));
    EXPECT_EQ(client.answer(1).status(), "8");
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.cancelled == 1 && facts.destroyed == 1; }));
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.buffered_bytes == 0; }));
    // Other calls of the connection go on.
    client.open_window(0, 1000);
    client.call(5, "/t/Collect", "more");
    EXPECT_EQ(client.next(headers_frame, 5)->field(":status"), "200");
}

TEST(Flow, what_all_hold_is_bounded_and_who_holds_little_is_served) {
    varve::net::ServerLimits limits;
    limits.connection_bytes = 8 * mebibyte;
    limits.all_bytes = 16 * mebibyte;
    Serving serving(limits);
    std::vector<std::unique_ptr<H2Client>> greedy;
    for (int i = 0; i < 20; ++i) {
        greedy.push_back(std::make_unique<H2Client>(serving.port(), 0));
        greedy.back()->greet();
        greedy.back()->head(1, call_fields("/t/Collect"));
        // A message of which the last byte never comes.
        greedy.back()->data(1, message(std::string(mebibyte - 100, 'g')).substr(0, mebibyte - 200));
    }
    H2Client modest(serving.port());
    modest.call(1, "/t/Unary", "hello");
    EXPECT_EQ(modest.answer(1).body, message("hello"));
    EXPECT_LE(serving.server->counters().buffered_bytes, limits.all_bytes);
    std::size_t refused = 0;
    for (const auto& client : greedy) {
        client->ping("all read");
        const auto seen = client->next([](const Frame& one) {
            return one.type == headers_frame || (one.type == ping_frame && one.payload == "all read");
        });
        ASSERT_TRUE(seen.has_value());
        if (seen->type == headers_frame) {
            EXPECT_EQ(seen->field("grpc-status"), "8");
            ++refused;
        }
    }
    EXPECT_GT(refused, 5U);
}

TEST(Flow, a_message_over_the_limit_is_refused_by_its_length) {
    varve::net::ServerLimits limits;
    limits.message_bytes = 1000;
    Serving serving(limits);
    H2Client client(serving.port());
    client.head(1, call_fields("/t/Unary"));
    client.data(1, message(std::string(1001, 'x')).substr(0, 5));
    const auto answer = client.answer(1);
    EXPECT_EQ(answer.status(), "8");
    EXPECT_EQ(client.next(reset_frame, 1)->number(), 0U);
    client.call(3, "/t/Unary", std::string(1000, 'x'));
    EXPECT_EQ(client.answer(3).status(), "0");
}

}  // namespace
}  // namespace transport
