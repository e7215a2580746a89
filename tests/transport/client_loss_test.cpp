/// Our client when its server goes, and when it comes back.
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "transport/calling.hpp"
#include "transport/fake_server.hpp"
#include "transport/service.hpp"

namespace transport {
namespace {

using namespace varve::net;
using varve::Code;

std::shared_ptr<Heard> hear() {
    return std::make_shared<Heard>();
}

Code code_of(const std::shared_ptr<Heard>& heard) {
    return static_cast<Code>(heard->code());
}

std::string goaway(std::uint32_t last) {
    return frame(goaway_frame, no_flag, 0, number(last) + number(0));
}

TEST(ClientLoss, a_server_that_comes_back_is_found_by_the_next_call) {
    Serving serving;
    const std::uint16_t port = serving.port();
    Calling calling(port);
    const auto heard = hear();
    const auto call = calling.call("/t/Hang", heard);
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.made == 1; }));
    serving.server->stop(std::chrono::milliseconds(0));
    EXPECT_EQ(code_of(heard), Code::unavailable);
    calling.settle();
    EXPECT_EQ(calling.status_of("/t/Unary", "").code, static_cast<std::uint32_t>(Code::unavailable));
    const auto again = Server::start({.port = port, .accept = service(serving.record)});
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(calling.status_of("/t/Unary", "").code, 0U);
}

TEST(ClientLoss, a_lost_connection_ends_its_calls_and_each_may_begin_another) {
    FakeServer server;
    Calling calling(server.port());
    std::vector<std::shared_ptr<Heard>> all, again;
    calling.run([&] {
        for (int i = 0; i < 3; ++i) {
            again.push_back(hear());
            all.push_back(std::make_shared<Heard>(
                Heard::OnMessage(), [&calling, next = again.back()](const Status&) { calling.ask("/t", "", next); }));
            calling.ask("/t", "", all.back());
        }
    });
    H2Client first = server.greet();
    for (int i = 0; i < 3; ++i) (void)next_call(first);
    first.line.reset();
    for (const auto& heard : all) EXPECT_EQ(code_of(heard), Code::unavailable);
    H2Client second = server.greet();
    for (int i = 0; i < 3; ++i) second.line.send(answer_of(next_call(second), ""));
    for (const auto& heard : again) EXPECT_EQ(heard->code(), 0U);
}

TEST(ClientLoss, calls_that_wait_for_a_stream_go_to_the_next_connection) {
    FakeServer server;
    Calling calling(server.port());
    std::vector<std::shared_ptr<Heard>> all;
    calling.run([&] {
        for (int i = 0; i < 3; ++i) {
            all.push_back(hear());
            calling.ask("/t", "", all.back());
        }
    });
    for (const auto& heard : all) {
        H2Client peer = server.greet(setting(3, 1));
        (void)next_call(peer);
        peer.line.close();
        EXPECT_EQ(code_of(heard), Code::unavailable);
    }
}

TEST(ClientLoss, a_server_that_is_going_keeps_the_calls_it_has) {
    FakeServer server;
    Calling calling(server.port());
    std::vector<std::shared_ptr<Heard>> all;
    calling.run([&] {
        for (int i = 0; i < 4; ++i) {
            all.push_back(hear());
            calling.ask("/t", "", all.back());
        }
    });
    H2Client first = server.greet(setting(3, 3));
    for (int i = 0; i < 3; ++i) (void)next_call(first);
    first.line.send(goaway(3));
    EXPECT_EQ(code_of(all[2]), Code::unavailable);
    // The one that has waited, and new ones, go elsewhere.
    H2Client second = server.greet();
    second.line.send(answer_of(next_call(second), ""));
    EXPECT_EQ(all[3]->code(), 0U);
    const auto fresh = hear();
    calling.ask("/t", "", fresh);
    second.line.send(answer_of(next_call(second), ""));
    EXPECT_EQ(fresh->code(), 0U);
    first.line.send(answer_of(1, "") + answer_of(3, ""));
    EXPECT_EQ(all[0]->code(), 0U);
    EXPECT_EQ(all[1]->code(), 0U);
    EXPECT_FALSE(first.next([](const Frame&) { return false; }).has_value());
}

TEST(ClientLoss, a_server_that_takes_nobody_is_not_asked_for_ever) {
    FakeServer server;
    Calling calling(server.port());
    for (int i = 0; i < 3; ++i) {
        const auto heard = hear();
        calling.ask("/t", "", heard);
        H2Client peer(server.accept(), {});
        peer.line.send(goaway(0));
        EXPECT_EQ(code_of(heard), Code::unavailable);
    }
}

TEST(ClientLoss, a_server_that_stops_serves_what_it_has) {
    Serving serving;
    Calling calling(serving.port());
    const auto heard = std::make_shared<Heard>(Heard::OnMessage(), Heard::OnEnd(), false);
    std::shared_ptr<ClientCall> call;
    calling.run([&] {
        call = calling.client->call("/t/Count", {}, Clock::time_point::max(), heard);
        call->pause();
        call->send("10000 1000");
        call->half_close();
    });
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.bytes_out > 1 << 19; }));
    auto stopped = std::async(std::launch::async, [&] { serving.server->stop(patience); });
    // Until it is heard that the server goes, calls are served; then nobody listens for new ones.
    while (calling.status_of("/t/Unary", "").code == 0) {
    }
    calling.run([&] { call->resume(); });
    EXPECT_EQ(heard->code(), 0U);
    EXPECT_EQ(heard->count(), 10'000U);
    stopped.get();
    EXPECT_EQ(calling.calls(), 0U);
}

TEST(ClientLoss, a_peer_that_gives_no_sign_of_life_is_given_up) {
    FakeServer server;
    Calling calling({.port = server.port(),
                     .keepalive = std::chrono::milliseconds(10),
                     .keepalive_timeout = std::chrono::milliseconds(10)});
    const auto heard = hear();
    calling.ask("/t", "", heard);
    const H2Client peer = server.greet();
    EXPECT_EQ(code_of(heard), Code::unavailable);
}

TEST(ClientLoss, a_peer_that_answers_pings_may_take_its_time) {
    FakeServer server;
    Calling calling({.port = server.port(),
                     .keepalive = std::chrono::milliseconds(1),
                     .keepalive_timeout = std::chrono::milliseconds(10'000)});
    const auto heard = hear();
    calling.ask("/t", "", heard);
    H2Client peer = server.greet();
    const std::uint32_t stream = next_call(peer);
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(peer.next(ping_frame, 0).has_value());
    EXPECT_FALSE(heard->ended());
    peer.line.send(answer_of(stream, ""));
    EXPECT_EQ(heard->code(), 0U);
}

TEST(ClientLoss, the_server_may_change_how_many_streams_it_takes) {
    FakeServer server;
    Calling calling(server.port());
    std::vector<std::shared_ptr<Heard>> all;
    calling.run([&] {
        for (int i = 0; i < 3; ++i) {
            all.push_back(hear());
            calling.ask("/t", "", all.back());
        }
    });
    H2Client peer = server.greet(setting(3, 0));
    const auto first = peer.next([](const Frame& one) { return one.type == settings_frame && one.flags == ack; });
    EXPECT_TRUE(first.has_value());
    EXPECT_EQ(calling.calls(), 3U);
    peer.line.send(frame(settings_frame, no_flag, 0, setting(3, 1)));
    EXPECT_EQ(next_call(peer), 1U);
    peer.line.send(frame(settings_frame, no_flag, 0, setting(3, 1000)));
    EXPECT_EQ(next_call(peer), 3U);
    EXPECT_EQ(next_call(peer), 5U);
    for (const std::uint32_t stream : {5U, 3U, 1U}) peer.line.send(answer_of(stream, ""));
    for (const auto& heard : all) EXPECT_EQ(heard->code(), 0U);
}

}  // namespace
}  // namespace transport
