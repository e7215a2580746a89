/// What handlers may do, and when: also what nobody would do on purpose.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "transport/h2_client.hpp"
#include "transport/service.hpp"

namespace transport {
namespace {

using varve::net::Accept;
using varve::net::Call;
using varve::net::Handler;
using varve::net::Server;
using varve::net::Status;

/// A handler made of functions.
struct Script {
    std::function<void(Call&, std::string_view)> message = [](Call&, std::string_view) {};
    std::function<void(Call&)> half_close = [](Call&) {};
    std::function<void(Call&)> room = [](Call&) {};
    std::function<void(Call&)> cancel = [](Call&) {};
    std::function<void(Call&)> gone = [](Call&) {};
};

class Scripted final : public Handler {
public:
    Scripted(std::shared_ptr<Call> call, Script script) : call_(std::move(call)), script_(std::move(script)) {}
    ~Scripted() override { script_.gone(*call_); }
    void on_message(std::string_view message) override { script_.message(*call_, message); }
    void on_half_close() override { script_.half_close(*call_); }
    void on_room() override { script_.room(*call_); }
    void on_cancel() override { script_.cancel(*call_); }

private:
    const std::shared_ptr<Call> call_;
    const Script script_;
};

std::unique_ptr<Server> serve(Accept accept) {
    return Server::start({.accept = std::move(accept)}).value();
}

std::unique_ptr<Server> serve(const Script& script) {
    return serve([script](const std::shared_ptr<Call>& call) { return std::make_unique<Scripted>(call, script); });
}

TEST(Handlers, may_answer_while_the_call_is_accepted) {
    const auto server = serve([](const std::shared_ptr<Call>& call) -> std::unique_ptr<Handler> {
        call->send("at once");
        call->pause();
        call->resume();
        if (call->path() == "/finish") call->finish({.code = 5, .message = "nothing here"});
        if (call->path() == "/both") call->finish({});
        return call->path() == "/finish" ? nullptr : std::make_unique<Scripted>(call, Script{});
    });
    H2Client client(server->port());
    client.call(1, "/finish", "x");
    auto answer = client.answer(1);
    EXPECT_EQ(answer.body, message("at once"));
    EXPECT_EQ(answer.status(), "5");
    client.call(3, "/both", "x");
    answer = client.answer(3);
    EXPECT_EQ(answer.body, message("at once"));
    EXPECT_EQ(answer.status(), "0");
}

TEST(Handlers, may_end_the_call_in_the_middle_of_a_message) {
    Script script;
    script.message = [](Call& call, std::string_view message) {
        call.finish({});
        call.send("dropped");
        call.finish({.code = 13});
        call.pause();
        call.resume();
        // It is still there.
        EXPECT_EQ(message, "first");
        EXPECT_TRUE(call.ended());
        EXPECT_FALSE(call.full());
    };
    script.half_close = [](Call&) { ADD_FAILURE() << "after the end"; };
    script.cancel = [](Call&) { ADD_FAILURE() << "it was not cancelled"; };
    const auto server = serve(script);
    H2Client client(server->port());
    client.head(1, call_fields("/any"));
    client.data(1, message("first") + message("second"), true);
    const auto answer = client.answer(1);
    EXPECT_EQ(answer.status(), "0");
    EXPECT_EQ(answer.body, "");
}

TEST(Handlers, pausing_and_resuming_keeps_order_and_nests_nothing) {
    std::string seen;
    int depth = 0;
    Script script;
    script.message = [&](Call& call, std::string_view message) {
        EXPECT_EQ(depth++, 0);
        seen += message;
        call.pause();
        call.resume();
        call.pause();
        if (seen.size() % 2 == 0) {
            call.resume();
        } else {
            call.loop().post([&call] { call.resume(); });
        }
        --depth;
    };
    script.half_close = [&](Call& call) {
        call.send(seen);
        call.finish({});
    };
    const auto server = serve(script);
    H2Client client(server->port());
    client.head(1, call_fields("/any"));
    std::string all;
    std::string expected;
    for (int i = 0; i < 5000; ++i) {
        const char c = static_cast<char>('a' + i % 26);
        expected += c;
        all += message({&c, 1});
    }
    client.data(1, all, true);
    EXPECT_EQ(client.answer(1).body, message(expected));
}

TEST(Handlers, the_end_of_the_client_waits_while_the_call_is_paused) {
    std::promise<std::shared_ptr<Call>> accepted;
    std::atomic<bool> ended = false;
    Script script;
    script.half_close = [&](Call& call) {
        ended = true;
        call.finish({});
    };
    const auto server = serve([&](const std::shared_ptr<Call>& call) {
        call->pause();
        accepted.set_value(call);
        return std::make_unique<Scripted>(call, script);
    });
    H2Client client(server->port());
    client.call(1, "/any", "x");
    client.ping("all read");
    ASSERT_TRUE(client.next(ping_frame, 0).has_value());
    EXPECT_FALSE(ended);
    const auto call = accepted.get_future().get();
    call->loop().post([call] { call->resume(); });
    EXPECT_EQ(client.answer(1).status(), "0");
}

TEST(Handlers, may_send_from_within_on_room_for_ever) {
    std::atomic<std::size_t> left = 3000;
    Script script;
    const auto more = [&left](Call& call) {
        const std::string kilobyte(1000, 'k');
        while (left > 0 && !call.full()) {
            call.send(kilobyte);
            --left;
        }
        if (left == 0) call.finish({});
    };
    script.half_close = more;
    script.room = more;
    const auto server = serve(script);
    H2Client client(server->port());
    client.call(1, "/any", "x");
    EXPECT_EQ(client.answer(1).body.size(), 3000U * 1005);
}

TEST(Handlers, one_that_goes_may_end_other_calls) {
    std::vector<std::shared_ptr<Call>> calls;
    std::atomic<int> gone = 0;
    Script script;
    const auto end_all = [&](Call&) {
        for (const auto& call : calls) {
            call->send("farewell");
            call->finish({.code = 10, .message = "together"});
        }
    };
    script.message = [&](Call& call, std::string_view message) {
        if (message == "end") call.finish({});
    };
    script.cancel = end_all;
    script.gone = [&](Call& call) {
        end_all(call);
        ++gone;
    };
    auto server = serve([&](const std::shared_ptr<Call>& call) {
        calls.push_back(call);
        return std::make_unique<Scripted>(call, script);
    });
    H2Client client(server->port());
    for (const std::uint32_t stream : {1U, 3U, 5U, 7U}) client.head(stream, call_fields("/any"));
    client.data(5, message("end"));
    EXPECT_EQ(client.answer(5).status(), "0");
    EXPECT_EQ(client.answer(1).status(), "10");
    // The same when the connection is lost.
    H2Client other(server->port());
    for (const std::uint32_t stream : {1U, 3U, 5U}) other.head(stream, call_fields("/any"));
    other.ping("all read");
    ASSERT_TRUE(other.next(ping_frame, 0).has_value());
    other.line.reset();
    server.reset();
    EXPECT_EQ(gone, 7);
}

TEST(Handlers, calls_are_held_and_posted_to_by_others_until_long_after_their_end) {
    std::mutex mutex;
    std::vector<std::shared_ptr<Call>> held;
    std::atomic<int> made = 0;
    std::atomic<int> gone = 0;
    Script script;
    script.gone = [&](Call&) { ++gone; };
    auto server = serve([&](const std::shared_ptr<Call>& call) {
        ++made;
        const std::lock_guard lock(mutex);
        held.push_back(call);
        return std::make_unique<Scripted>(call, script);
    });
    const std::uint16_t port = server->port();
    const auto answer = [](const std::shared_ptr<Call>& call) {
        call->loop().post([call] {
            call->send("late");
            if (call->full()) call->pause();
            call->resume();
            call->finish({});
        });
    };
    std::jthread committing([&](const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            std::vector<std::shared_ptr<Call>> some;
            {
                const std::lock_guard lock(mutex);
                some = held;
            }
            for (const auto& call : some) answer(call);
        }
    });
    for (int round = 0; round < 30; ++round) {
        H2Client client(port);
        client.call(1, "/any", "x");
        client.head(3, call_fields("/any"));
        if (round % 2 == 0) {
            EXPECT_EQ(client.answer(1).status(), "0");
        }
        client.line.reset();
    }
    server.reset();
    committing = {};
    EXPECT_EQ(made, gone);
    for (const auto& call : held) {
        EXPECT_TRUE(call->ended());
        EXPECT_EQ(call->path(), "/any");
        EXPECT_TRUE(call->peer().starts_with("127.0.0.1:"));
        call->send("nobody hears it");
        call->finish({});
        answer(call);
    }
}

TEST(Handlers, what_a_handler_may_not_send_does_not_reach_the_wire) {
    Script script;
    script.half_close = [](Call& call) {
        Status status{.code = 10, .message = std::string(100'000, 'm')};
        status.trailers.add("bad name", "x");
        status.trailers.add("grpc-status", "0");
        status.trailers.add("Upper", "line\nbreak");
        status.trailers.add("spaced", " x ");
        call.finish(std::move(status));
    };
    const auto server = serve(script);
    H2Client client(server->port());
    client.call(1, "/any", "x");
    const auto answer = client.answer(1);
    EXPECT_EQ(answer.status(), "10");
    EXPECT_EQ(answer.trailer("upper"), "line%0Abreak");
    EXPECT_EQ(answer.trailer("bad name"), "");
    EXPECT_EQ(answer.trailer("grpc-message").size(), 4096U);
    EXPECT_EQ(answer.trailer("spaced"), "x");
}

TEST(Handlers, trailers_that_no_client_takes_end_the_call_all_the_same) {
    Script script;
    script.half_close = [](Call& call) {
        Status status;
        status.trailers.add("huge", std::string(100'000, 'h'));
        call.send("answer");
        call.finish(std::move(status));
    };
    const auto server = serve(script);
    H2Client client(server->port());
    client.call(1, "/any", "x");
    EXPECT_EQ(client.answer(1).reset, 2U);
    client.call(3, "/any", "x");
    EXPECT_EQ(client.answer(3).reset, 2U);
}

}  // namespace
}  // namespace transport
