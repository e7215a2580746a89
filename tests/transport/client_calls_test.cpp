/// Our client's calls of every kind, against our server.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "transport/calling.hpp"
#include "transport/service.hpp"

namespace transport {
namespace {

using namespace varve::net;
using varve::Code;

using Texts = std::vector<std::string>;

constexpr std::uint32_t number(Code code) {
    return static_cast<std::uint32_t>(code);
}

std::shared_ptr<Heard> hear() {
    return std::make_shared<Heard>();
}

TEST(ClientCalls, unary) {
    Serving serving;
    Calling calling(serving.port());
    const auto heard = hear();
    calling.ask("/t/Unary", "hello", heard);
    EXPECT_EQ(heard->code(), 0U);
    EXPECT_EQ(heard->messages(), Texts{"hello"});
    EXPECT_EQ(calling.calls(), 0U);
    EXPECT_EQ(calling.status_of("/t/Unary", "").code, 0U);
    EXPECT_EQ(serving.server->counters().connections_all, 1U);
}

TEST(ClientCalls, a_large_message_goes_both_ways) {
    Serving serving;
    Calling calling(serving.port());
    const auto heard = hear();
    std::string large(5 << 20, 'l');
    large.back() = 'z';
    calling.ask("/t/Unary", large, heard);
    EXPECT_EQ(heard->code(), 0U);
    EXPECT_TRUE(heard->messages() == Texts{large});
}

TEST(ClientCalls, client_stream) {
    Serving serving;
    Calling calling(serving.port());
    const auto heard = hear();
    const auto call = calling.call("/t/Collect", heard);
    for (int i = 0; i < 100; ++i) {
        calling.run([&] {
            for (int j = 0; j < 1000; ++j) call->send("0123456789");
        });
    }
    calling.run([&] { call->half_close(); });
    EXPECT_EQ(heard->code(), 0U);
    EXPECT_EQ(heard->messages(), Texts{"100000 1000000"});
}

TEST(ClientCalls, a_server_stream_pauses_and_goes_on) {
    Serving serving;
    Calling calling(serving.port());
    std::shared_ptr<ClientCall> call;
    int pauses = 0;
    const auto heard = std::make_shared<Heard>(
        [&](std::string_view message) {
            ASSERT_EQ(message.size(), 30U);
            if (++pauses % 1000 != 0) return;
            call->pause();
            calling.loop->post([&] { call->resume(); });
        },
        Heard::OnEnd(), false);
    calling.run([&] {
        call = calling.client->call("/t/Count", {}, Clock::time_point::max(), heard);
        call->send("200000 30");
        call->half_close();
    });
    EXPECT_EQ(heard->code(), 0U);
    EXPECT_EQ(heard->count(), 200'000U);
}

TEST(ClientCalls, a_paused_call_takes_no_more_than_its_window) {
    Serving serving;
    Calling calling(serving.port());
    const auto heard = std::make_shared<Heard>(Heard::OnMessage(), Heard::OnEnd(), false);
    std::shared_ptr<ClientCall> call;
    calling.run([&] {
        call = calling.client->call("/t/Count", {}, Clock::time_point::max(), heard);
        call->pause();
        call->send("20000 1000");
        call->half_close();
    });
    // The window is full, and others are served all the same.
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.bytes_out > 1 << 20; }));
    EXPECT_EQ(calling.status_of("/t/Unary", "other").code, 0U);
    EXPECT_LT(serving.server->counters().bytes_out, 2U << 20);
    EXPECT_EQ(heard->count(), 0U);
    calling.run([&] { call->resume(); });
    EXPECT_EQ(heard->code(), 0U);
    EXPECT_EQ(heard->count(), 20'000U);
}

TEST(ClientCalls, what_came_before_the_end_waits_with_it_for_resume) {
    Serving serving;
    Calling calling(serving.port());
    const auto heard = hear();
    std::shared_ptr<ClientCall> call;
    calling.run([&] {
        call = calling.client->call("/t/Unary", {}, Clock::time_point::max(), heard);
        call->pause();
        call->send("kept");
        call->half_close();
    });
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.destroyed == 1; }));
    EXPECT_EQ(calling.status_of("/t/Unary", "later").code, 0U);
    EXPECT_FALSE(heard->ended());
    serving.server->stop(std::chrono::milliseconds(0));
    EXPECT_EQ(calling.status_of("/t/Unary", "gone").code, number(Code::unavailable));
    EXPECT_FALSE(heard->ended());
    EXPECT_EQ(calling.calls(), 1U);
    calling.run([&] { call->resume(); });
    EXPECT_EQ(heard->code(), 0U);
    EXPECT_EQ(heard->messages(), Texts{"kept"});
}

TEST(ClientCalls, bidi) {
    Serving serving;
    Calling calling(serving.port());
    std::shared_ptr<ClientCall> call;
    int left = 1000;
    const auto heard = std::make_shared<Heard>([&](std::string_view message) {
        // Sent within on_message, and what it says is still to be read after it.
        if (--left > 0) {
            call->send(std::to_string(left));
        } else {
            call->half_close();
        }
        ASSERT_FALSE(message.empty());
    });
    calling.run([&] {
        call = calling.client->call("/t/Bidi", {}, Clock::time_point::max(), heard);
        call->send("first");
    });
    EXPECT_EQ(heard->code(), 0U);
    EXPECT_EQ(heard->count(), 1000U);
    EXPECT_EQ(heard->messages().back(), "1");
}

TEST(ClientCalls, errors_come_with_their_details) {
    Serving serving;
    Calling calling(serving.port());
    const Status failed = calling.status_of("/t/Fail", "9 100% wr\xC3\xB6ng");
    EXPECT_EQ(failed.code, 9U);
    EXPECT_EQ(failed.message, "100% wr\xC3\xB6ng");
    EXPECT_EQ(failed.trailers.find("grpc-status-details-bin"), std::string("\0\xFF details", 10));
    EXPECT_EQ(failed.trailers.find("exception"), "wr%C3%B6ng");
    EXPECT_EQ(failed.trailers.fields().size(), 2U);
    const Status nobody = calling.status_of("/t/Nothing", "");
    EXPECT_EQ(nobody.code, number(Code::unimplemented));
    EXPECT_EQ(nobody.message, "this server has no method /t/Nothing");
}

TEST(ClientCalls, a_call_that_the_server_ends_early_leaves_no_stream_behind) {
    Serving serving({.streams = 1});
    Calling calling(serving.port());
    for (int i = 0; i < 20; ++i) {
        const auto heard = hear();
        const auto call = calling.call("/t/Early", heard);
        calling.run([&] {
            call->send("0123456789");
            call->send(std::string(3 << 20, 'x'));
        });
        EXPECT_EQ(heard->code(), 9U);
        EXPECT_EQ(heard->status().message, "enough after 0123456789");
        calling.run([&] {
            call->send("nobody hears it");
            call->half_close();
            call->cancel();
        });
    }
    EXPECT_EQ(calling.status_of("/t/Unary", "next").code, 0U);
}

TEST(ClientCalls, metadata_goes_out_and_comes_back) {
    Serving serving;
    Calling calling(serving.port());
    Metadata metadata;
    metadata.add("X-Text", "plain");
    metadata.add("x-bytes-bin", std::string("\0\1\xFF", 3));
    metadata.add("x-bytes-bin", "two");
    const auto heard = hear();
    calling.ask("/t/Metadata", "", heard, {.metadata = metadata});
    EXPECT_EQ(heard->code(), 0U);
    const auto status = heard->status();
    EXPECT_EQ(status.trailers.fields(),
              (std::vector<Metadata::Field>{
                  {"x-text", "plain"}, {"x-bytes-bin", std::string("\0\1\xFF", 3)}, {"x-bytes-bin", "two"}}));
}

TEST(ClientCalls, a_deadline_ends_a_call_on_both_sides) {
    Serving serving;
    Calling calling(serving.port());
    const auto heard = hear();
    calling.ask("/t/Hang", "", heard, {.deadline = Clock::now() + std::chrono::milliseconds(30)});
    EXPECT_EQ(heard->code(), number(Code::deadline_exceeded));
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.made == facts.destroyed; }));
    const auto late = hear();
    calling.ask("/t/Unary", "", late, {.deadline = Clock::now() - std::chrono::hours(1)});
    EXPECT_EQ(late->code(), number(Code::deadline_exceeded));
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.calls == 0; }));
}

TEST(ClientCalls, cancelling_tells_the_server) {
    Serving serving;
    Calling calling(serving.port());
    const auto heard = hear();
    const auto call = calling.call("/t/Hang", heard);
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.made == 1; }));
    calling.run([&] { call->cancel(); });
    EXPECT_EQ(heard->code(), number(Code::cancelled));
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.cancelled == 1; }));
    calling.run([&] {
        call->cancel();
        call->resume();
        call->send("nobody hears it");
    });
    EXPECT_EQ(calling.status_of("/t/Unary", "next").code, 0U);
}

TEST(ClientCalls, cancelling_within_a_message_is_the_last_of_it) {
    Serving serving;
    Calling calling(serving.port());
    std::shared_ptr<ClientCall> call;
    const auto heard = std::make_shared<Heard>([&](std::string_view message) {
        call->cancel();
        EXPECT_EQ(std::ranges::count(message, 'x'), 100);
    });
    calling.run([&] {
        call = calling.client->call("/t/Count", {}, Clock::time_point::max(), heard);
        call->send("100000 100");
        call->half_close();
    });
    EXPECT_EQ(heard->code(), number(Code::cancelled));
    EXPECT_EQ(heard->count(), 1U);
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.calls == 0; }));
}

TEST(ClientCalls, a_thousand_at_once_wait_for_a_hundred_streams) {
    Serving serving({.streams = 100});
    Calling calling(serving.port());
    std::vector<std::shared_ptr<Heard>> all;
    calling.run([&] {
        for (int i = 0; i < 1000; ++i) {
            all.push_back(hear());
            calling.ask("/t/Unary", std::to_string(i), all.back());
        }
        EXPECT_EQ(calling.client->calls(), 1000U);
    });
    for (int i = 0; i < 1000; ++i) {
        ASSERT_EQ(all[static_cast<std::size_t>(i)]->code(), 0U) << i;
        ASSERT_EQ(all[static_cast<std::size_t>(i)]->messages(), Texts{std::to_string(i)});
    }
    EXPECT_EQ(serving.server->counters().connections_all, 1U);
    EXPECT_EQ(serving.server->counters().calls_all, 1000U);
}

TEST(ClientCalls, those_that_wait_go_in_order_and_can_be_cancelled) {
    Serving serving({.streams = 1});
    Calling calling(serving.port());
    const auto first = hear();
    const auto holding = calling.call("/t/Hang", first);
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.made == 1; }));
    std::vector<int> order;
    const auto noted = [&order](int i) {
        return std::make_shared<Heard>(Heard::OnMessage(), [&order, i](const Status&) { order.push_back(i); });
    };
    std::vector<std::shared_ptr<Heard>> all;
    std::shared_ptr<ClientCall> second;
    calling.run([&] {
        for (int i = 0; i < 5; ++i) {
            all.push_back(noted(i));
            const auto call = calling.ask("/t/Unary", "", all.back());
            if (i == 2) second = call;
        }
        second->cancel();
        holding->cancel();
    });
    for (const auto& heard : all) (void)heard->status();
    EXPECT_EQ(order, (std::vector<int>{2, 0, 1, 3, 4}));
    EXPECT_EQ(all[2]->code(), number(Code::cancelled));
    EXPECT_EQ(serving.record->facts().made, 5);
}

}  // namespace
}  // namespace transport
