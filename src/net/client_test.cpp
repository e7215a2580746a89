/// A client and the other ends of a call: nobody there, nobody who speaks HTTP/2, and users that do what they like when they
/// like.
#include "net/client.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "transport/calling.hpp"
#include "transport/fake_server.hpp"
#include "transport/service.hpp"

namespace varve::net {
namespace {

using transport::Calling;
using transport::FakeServer;
using transport::Heard;
using transport::Serving;

constexpr auto never = Clock::time_point::max();

std::shared_ptr<Heard> hear() {
    return std::make_shared<Heard>();
}

Code code_of(const Status& status) {
    return static_cast<Code>(status.code);
}

/// Where nobody listens.
std::uint16_t free_port() {
    return listen_on("127.0.0.1", 0).value().port;
}

TEST(Client, nothing_is_connected_before_the_first_call) {
    const Serving serving;
    {
        Calling calling(serving.port());
        calling.settle();
    }
    EXPECT_EQ(serving.server->counters().connections_all, 0U);
}

TEST(Client, a_refused_connection_ends_the_calls_that_wait_for_it) {
    Calling calling(free_port());
    std::vector<std::shared_ptr<Heard>> all;
    calling.run([&] {
        for (int i = 0; i < 10; ++i) {
            all.push_back(hear());
            calling.ask("/t/Unary", "", all.back());
        }
    });
    for (const auto& heard : all) {
        EXPECT_EQ(code_of(heard->status()), Code::unavailable);
        EXPECT_NE(heard->status().message.find("refused"), std::string::npos) << heard->status().message;
    }
    EXPECT_EQ(calling.calls(), 0U);
    EXPECT_EQ(code_of(calling.status_of("/t/Unary", "again")), Code::unavailable);
}

TEST(Client, a_name_that_is_nobodys_is_unavailable) {
    for (const char* host : {"no-such-host.invalid", "no such host", ""}) {
        Calling calling({.host = host, .port = 1, .connecting = std::chrono::milliseconds(2000)});
        const Status status = calling.status_of("/t/Unary", "");
        EXPECT_EQ(code_of(status), Code::unavailable) << host;
        EXPECT_FALSE(status.message.empty());
    }
}

TEST(Client, a_client_may_go_while_its_host_is_looked_up) {
    const auto heard = hear();
    {
        Calling calling({.host = "no-such-host.invalid", .port = 1});
        calling.run([&] {
            calling.ask("/t/Unary", "", heard);
            // The turn in which it begins to connect may be the last of the client.
            calling.loop->defer([&] { calling.loop->defer([&] { calling.client.reset(); }); });
        });
        (void)heard->status();
    }
    EXPECT_TRUE(heard->ended());
}

TEST(Client, localhost_is_either_of_two_addresses) {
    const Serving serving;
    Calling calling({.host = "localhost", .port = serving.port()});
    EXPECT_EQ(calling.status_of("/t/Unary", "").code, 0U);
    const auto six = Server::start({.address = "::1", .accept = transport::service(serving.record)});
    if (!six.ok()) GTEST_SKIP() << "no IPv6 here";
    // Nobody listens at the first.
    Calling other({.host = "localhost", .port = (*six)->port()});
    EXPECT_EQ(other.status_of("/t/Unary", "").code, 0U);
    Calling direct({.host = "::1", .port = (*six)->port()});
    EXPECT_EQ(direct.status_of("/t/Unary", "").code, 0U);
}

TEST(Client, who_speaks_http1_is_no_server_of_grpc) {
    FakeServer server;
    Calling calling(server.port());
    const auto heard = hear();
    calling.ask("/t/Unary", "", heard);
    transport::Line line = server.accept();
    line.send("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    EXPECT_EQ(code_of(heard->status()), Code::unavailable);
    EXPECT_NE(heard->status().message.find("no HTTP/2"), std::string::npos) << heard->status().message;
    (void)line.receive_all();
}

TEST(Client, who_says_nothing_is_given_up) {
    FakeServer server;
    Calling calling({.port = server.port(), .connecting = std::chrono::milliseconds(30)});
    const auto heard = hear();
    const auto impatient = hear();
    calling.ask("/t/Unary", "", impatient, {.deadline = Clock::now() + std::chrono::milliseconds(1)});
    calling.ask("/t/Unary", "", heard);
    EXPECT_EQ(code_of(impatient->status()), Code::deadline_exceeded);
    EXPECT_EQ(code_of(heard->status()), Code::unavailable);
    EXPECT_NE(heard->status().message.find("within 30 ms"), std::string::npos) << heard->status().message;
    transport::Line line = server.accept();
    EXPECT_TRUE(line.receive_all().starts_with(transport::preface));
}

TEST(Client, who_hangs_up_at_once_is_unavailable) {
    FakeServer server;
    Calling calling(server.port());
    for (int i = 0; i < 3; ++i) {
        const auto heard = hear();
        calling.ask("/t/Unary", "", heard);
        server.accept().close();
        EXPECT_EQ(code_of(heard->status()), Code::unavailable);
    }
}

TEST(Client, its_destructor_ends_calls_as_cancelled) {
    Serving serving({.streams = 2});
    std::vector<std::shared_ptr<Heard>> all;
    std::shared_ptr<ClientCall> call;
    Calling calling(serving.port());
    for (int i = 0; i < 5; ++i) {
        all.push_back(hear());
        call = calling.call("/t/Hang", all.back());
    }
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.made == 2; }));
    calling.run([&] {
        calling.client.reset();
        call->send("nobody hears it");
        call->half_close();
        call->pause();
        call->resume();
        call->cancel();
    });
    for (const auto& heard : all) EXPECT_EQ(code_of(heard->status()), Code::cancelled);
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.cancelled == 2; }));
}

TEST(Client, may_be_destroyed_by_its_answers) {
    const Serving serving;
    for (const char* path : {"/t/Bidi", "/t/Early", "/t/Nothing", "/t/Unary"}) {
        for (const bool in_message : {true, false}) {
            Calling calling(serving.port());
            std::shared_ptr<ClientCall> call;
            const auto go = [&] {
                calling.client.reset();
                call->send("nobody hears it");
            };
            const auto heard = std::make_shared<Heard>(
                [&](std::string_view message) {
                    if (in_message) go();
                    EXPECT_EQ(message, std::string(1000, 'x'));
                },
                [&](const Status&) { go(); });
            const auto other = hear();
            calling.run([&] {
                calling.ask("/t/Hang", "", other);
                call = calling.client->call(path, {}, never, heard);
                for (int i = 0; i < 10; ++i) call->send(std::string(1000, 'x'));
                call->half_close();
            });
            (void)heard->status();
            EXPECT_EQ(code_of(other->status()), Code::cancelled);
        }
    }
}

TEST(Client, may_be_destroyed_before_what_was_resumed_goes_on) {
    Serving serving;
    Calling calling(serving.port());
    const auto heard = hear();
    std::shared_ptr<ClientCall> call;
    calling.run([&] {
        call = calling.client->call("/t/Count", {}, never, heard);
        call->pause();
        call->send("10000 1000");
        call->half_close();
    });
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.bytes_out > 1 << 19; }));
    calling.settle();
    calling.run([&] {
        call->resume();
        calling.client.reset();
    });
    EXPECT_EQ(code_of(heard->status()), Code::cancelled);
    EXPECT_EQ(heard->count(), 0U);
    calling.settle();
}

TEST(Client, metadata_that_no_header_can_carry_ends_its_call_alone) {
    const Serving serving;
    Calling calling(serving.port());
    Metadata metadata;
    for (int i = 0; i < 100; ++i) metadata.add("name", std::string(1000, 'x'));
    const auto heard = hear();
    calling.ask("/t/Unary", "", heard, {.metadata = metadata});
    EXPECT_NE(heard->status().code, 0U);
    EXPECT_EQ(calling.status_of("/t/Unary", "").code, 0U);
    EXPECT_EQ(serving.server->counters().connections_all, 1U);
}

TEST(Client, may_be_destroyed_by_a_call_that_found_nobody) {
    Calling calling(free_port());
    const auto heard = std::make_shared<Heard>(Heard::OnMessage(), [&](const Status&) { calling.client.reset(); });
    const auto other = hear();
    calling.run([&] {
        calling.ask("/t/Unary", "", heard);
        calling.ask("/t/Unary", "", other);
    });
    EXPECT_EQ(code_of(heard->status()), Code::unavailable);
    EXPECT_EQ(code_of(other->status()), Code::cancelled);
}

TEST(Client, a_call_begun_while_it_goes_is_cancelled_too) {
    const auto late = hear();
    Calling calling(free_port());
    Client* client = nullptr;
    const auto heard = std::make_shared<Heard>(Heard::OnMessage(), [&](const Status&) {
        const auto call = client->call("/t/Unary", {}, never, late);
        call->send("nobody hears it");
        call->half_close();
        call->pause();
        call->resume();
        call->cancel();
    });
    calling.run([&] {
        client = calling.client.get();
        calling.ask("/t/Unary", "", heard);
        calling.client.reset();
    });
    EXPECT_EQ(code_of(late->status()), Code::cancelled);
}

TEST(Client, a_new_call_at_each_end_does_not_pile_up) {
    Calling calling(free_port());
    int left = 2000;
    const auto last = hear();
    const std::function<void()> again = [&] {
        if (--left == 0) return last->on_end({});
        const auto heard = std::make_shared<Heard>(Heard::OnMessage(), [&](const Status& status) {
            EXPECT_EQ(code_of(status), Code::unavailable);
            again();
        });
        calling.ask("/t/Unary", "", heard);
    };
    calling.run(again);
    (void)last->status();
    EXPECT_EQ(left, 0);
}

TEST(Client, calls_may_cancel_each_other) {
    const Serving serving;
    Calling calling(serving.port());
    std::vector<std::shared_ptr<ClientCall>> all;
    const auto heard = hear();
    calling.run([&] {
        for (int i = 0; i < 50; ++i) {
            all.push_back(calling.ask("/t/Unary", "x", std::make_shared<Heard>([&](std::string_view) {
                                          for (const auto& call : all) call->cancel();
                                      })));
        }
    });
    calling.settle();
    EXPECT_EQ(calling.status_of("/t/Unary", "next").code, 0U);
    EXPECT_EQ(calling.calls(), 0U);
}

TEST(Client, answers_are_let_go_at_the_end) {
    const Serving serving;
    Calling calling(serving.port());
    auto heard = hear();
    const std::weak_ptr<Heard> weak = heard;
    const auto call = calling.ask("/t/Unary", "x", heard);
    EXPECT_EQ(heard->status().code, 0U);
    calling.run([&] { heard.reset(); });
    EXPECT_TRUE(weak.expired());
}

}  // namespace
}  // namespace varve::net
