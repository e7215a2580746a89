/// How a server ends: in two steps, or at once.
#include <gtest/gtest.h>

#include <future>

#include "transport/h2_client.hpp"
#include "transport/service.hpp"

namespace transport {
namespace {

constexpr std::uint32_t last_of_all = 0x7FFF'FFFF;

TEST(Shutdown, calls_at_hand_end_well_and_new_ones_are_not_taken) {
    Serving serving;
    H2Client client(serving.port(), 1000);
    client.call(1, "/t/Count", "1000 1000");
    ASSERT_TRUE(client.next(data_frame, 1).has_value());
    auto stopped = std::async(std::launch::async, [&] { serving.server->stop(patience); });

    const auto notice = client.next([](const Frame& one) { return one.type == goaway_frame; });
    ASSERT_TRUE(notice.has_value());
    EXPECT_EQ(notice->number(), last_of_all);
    EXPECT_EQ(notice->number(4), 0U);
    // Sent before the notice was heard: it is served.
    client.call(3, "/t/Unary", "just in time");
    const auto last = client.next([](const Frame& one) { return one.type == goaway_frame; });
    ASSERT_TRUE(last.has_value());
    EXPECT_EQ(last->number(), 3U);
    client.call(5, "/t/Unary", "too late");
    client.open_window(1, 2'000'000);
    client.open_window(0, 2'000'000);
    EXPECT_EQ(client.answer(1).status(), "0");
    EXPECT_FALSE(client.next([](const Frame& one) { return one.stream == 5; }).has_value());
    stopped.get();
    EXPECT_EQ(serving.record->facts().sent, 1000U);
    EXPECT_EQ(serving.record->facts().made, 2);
    EXPECT_EQ(serving.record->facts().destroyed, 2);
    EXPECT_EQ(serving.server->counters().connections, 0U);
}

TEST(Shutdown, idle_connections_do_not_hold_it_up) {
    Serving serving({}, 2);
    H2Client h2(serving.port());
    h2.greet();
    Line h1(serving.port());
    h1.send("GET /query?1 HTTP/1.1\r\nhost: a\r\n\r\n");
    (void)h1.receive_until("\r\n\r\n1");
    Line silent(serving.port());
    auto stopped = std::async(std::launch::async, [&] { serving.server->stop(patience); });
    EXPECT_FALSE(h2.next([](const Frame&) { return false; }).has_value());
    EXPECT_EQ(h1.receive_all(), "");
    EXPECT_EQ(silent.receive_all(), "");
    h2.line.close();
    h1.close();
    silent.close();
    stopped.get();
}

TEST(Shutdown, an_answer_under_way_is_the_last_of_its_connection) {
    Serving serving;
    Line line(serving.port());
    line.send("GET /hang HTTP/1.1\r\nhost: a\r\n\r\n");
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.calls == 1; }));
    Line half(serving.port());
    half.send("POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n1");
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.connections == 2 && now.bytes_in > 80; }));
    Line idle(serving.port());
    idle.send("GET /query?1 HTTP/1.1\r\nhost: a\r\n\r\n");
    (void)idle.receive_until("\r\n\r\n1");
    auto stopped = std::async(std::launch::async, [&] { serving.server->stop(300ms); });
    EXPECT_EQ(idle.receive_all(), "");
    half.send("2");
    const std::string answer = half.receive_all();
    EXPECT_NE(answer.find("200 OK"), std::string::npos) << answer;
    EXPECT_NE(answer.find("connection: close"), std::string::npos) << answer;
    EXPECT_NE(line.receive_all().find("503"), std::string::npos);
    stopped.get();
}

TEST(Shutdown, what_is_not_over_in_time_is_ended_as_unavailable) {
    Serving serving;
    H2Client client(serving.port());
    client.head(1, call_fields("/t/Hang"));
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.made == 1; }));
    serving.server->stop(20ms);
    EXPECT_EQ(client.answer(1).status(), "14");
    EXPECT_EQ(serving.record->facts().cancelled, 1);
    EXPECT_EQ(serving.record->facts().destroyed, 1);
}

TEST(Shutdown, the_port_is_free_afterwards_and_stopping_twice_is_well) {
    Serving serving;
    const std::uint16_t port = serving.port();
    const auto taken = varve::net::Server::start({.port = port});
    ASSERT_FALSE(taken.ok());
    EXPECT_EQ(taken.error().code, varve::Code::unavailable);
    EXPECT_NE(taken.error().message.find("taken"), std::string::npos) << taken.error();
    serving.server->stop(1s);
    serving.server->stop(0s);
    EXPECT_TRUE(varve::net::Server::start({.port = port}).ok());
}

TEST(Shutdown, an_address_that_is_none_is_refused) {
    for (const char* address : {"nowhere", "1.2.3", "192.0.2.1"}) {
        const auto server = varve::net::Server::start({.address = address});
        ASSERT_FALSE(server.ok()) << address;
        EXPECT_EQ(server.error().code, varve::Code::invalid_argument) << address;
    }
}

}  // namespace
}  // namespace transport
