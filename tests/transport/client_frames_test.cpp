/// What our client sends, frame by frame, and what it makes of any answer.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "transport/calling.hpp"
#include "transport/fake_server.hpp"
#include "transport/service.hpp"
#include "varve/version.hpp"

namespace transport {
namespace {

using namespace varve::net;
using varve::Code;

using Texts = std::vector<std::string>;

std::shared_ptr<Heard> hear() {
    return std::make_shared<Heard>();
}

Code code_of(const std::shared_ptr<Heard>& heard) {
    return static_cast<Code>(heard->code());
}

/// A client with one connection, which the test answers.
struct Pair {
    explicit Pair(ClientOptions options = {}, std::string_view settings = {})
        : calling([&] {
              options.port = server.port();
              return options;
          }()),
          first(calling_first()),
          peer(server.greet(settings)) {
        peer.line.send(answer_of(next_call(peer), ""));
        EXPECT_EQ(first->code(), 0U);
    }

    std::shared_ptr<Heard> calling_first() {
        auto heard = hear();
        calling.ask("/t/First", "", heard);
        return heard;
    }

    /// A call, whose head has come.
    std::pair<std::shared_ptr<Heard>, std::uint32_t> ask(std::string_view body = "") {
        auto heard = hear();
        calling.ask("/t/Any", body, heard);
        return {heard, next_call(peer)};
    }

    FakeServer server;
    Calling calling;
    std::shared_ptr<Heard> first;
    H2Client peer;
};

TEST(ClientFrames, a_call_is_head_data_and_end) {
    Pair pair;
    Metadata metadata;
    metadata.add("Caller", "web");
    const auto heard = hear();
    pair.calling.ask("/varve.v1.Store/Append", "hello", heard,
                     {.metadata = metadata, .deadline = Clock::now() + std::chrono::hours(1)});
    const auto head = pair.peer.next(headers_frame, 3);
    ASSERT_TRUE(head.has_value());
    Fields fields = head->fields;
    ASSERT_EQ(fields.size(), 10U);
    EXPECT_TRUE(fields[8].second.ends_with("m")) << fields[8].second;
    fields[8].second.clear();
    EXPECT_EQ(fields, (Fields{{":method", "POST"},
                              {":scheme", "http"},
                              {":path", "/varve.v1.Store/Append"},
                              {":authority", "127.0.0.1:" + std::to_string(pair.server.port())},
                              {"te", "trailers"},
                              {"content-type", "application/grpc"},
                              {"grpc-accept-encoding", "identity"},
                              {"user-agent", "varve/" VARVE_VERSION},
                              {"grpc-timeout", ""},
                              {"caller", "web"}}));
    EXPECT_FALSE(head->ends_stream());
    const auto data = pair.peer.next(data_frame, 3);
    ASSERT_TRUE(data.has_value());
    EXPECT_EQ(data->payload, message("hello"));
    EXPECT_TRUE(data->ends_stream());
}

TEST(ClientFrames, windows_are_large_and_push_is_off) {
    FakeServer server;
    Calling calling(server.port());
    calling.ask("/t", "", hear());
    H2Client peer = server.greet();
    const auto settings = peer.next(settings_frame, 0);
    ASSERT_TRUE(settings.has_value());
    EXPECT_NE(settings->payload.find(setting(4, 1 << 20)), std::string::npos);
    EXPECT_NE(settings->payload.find(setting(2, 0)), std::string::npos);
    const auto window = peer.next(window_frame, 0);
    ASSERT_TRUE(window.has_value());
    EXPECT_EQ(window->number(), (16U << 20) - 65'535);
}

TEST(ClientFrames, what_waits_for_the_servers_window_is_sent_when_it_opens) {
    Pair pair({}, setting(4, 10));
    const auto [heard, stream] = pair.ask(std::string(100, 'x'));
    std::string come;
    while (come.size() < 105) {
        const auto data = pair.peer.next(data_frame, stream);
        ASSERT_TRUE(data.has_value());
        EXPECT_LE(data->payload.size(), 10U);
        come += data->payload;
        pair.peer.open_window(stream, 10);
    }
    EXPECT_EQ(come, message(std::string(100, 'x')));
    pair.peer.line.send(answer_of(stream, ""));
    EXPECT_EQ(heard->code(), 0U);
}

TEST(ClientFrames, an_answer_cut_at_any_byte_is_understood) {
    Pair pair;
    const auto whole_for = [](std::uint32_t stream) {
        return frame(headers_frame, end_headers, stream, header_block(answer_head)) +
               frame(data_frame, no_flag, stream, message("one").substr(0, 3)) +
               frame(data_frame, no_flag, stream, message("one").substr(3) + message("") + message("three")) +
               frame(headers_frame, end_headers | end_stream, stream,
                     header_block({{"grpc-status", "5"}, {"grpc-message", "a%20b"}}));
    };
    const std::size_t size = whole_for(1).size();
    for (std::size_t cut = 1; cut < size; ++cut) {
        const auto [heard, stream] = pair.ask();
        const std::string whole = whole_for(stream);
        pair.peer.line.send(whole.substr(0, cut));
        pair.calling.settle();
        pair.peer.line.send(whole.substr(cut));
        ASSERT_EQ(heard->code(), 5U) << cut;
        ASSERT_EQ(heard->status().message, "a b") << cut;
        ASSERT_EQ(heard->messages(), (Texts{"one", "", "three"})) << cut;
    }
    const auto [heard, stream] = pair.ask();
    for (const char byte : whole_for(stream)) {
        pair.peer.line.send({&byte, 1});
        pair.calling.settle();
    }
    EXPECT_EQ(heard->messages(), (Texts{"one", "", "three"}));
}

TEST(ClientFrames, a_greeting_cut_at_any_byte_is_understood) {
    const std::string whole = frame(settings_frame, no_flag, 0, setting(4, 1000)) + answer_of(1, "well");
    for (std::size_t cut = 1; cut < 9 + 6 + 1; ++cut) {
        FakeServer server;
        Calling calling(server.port());
        const auto heard = hear();
        calling.ask("/t", "", heard);
        Line line = server.accept();
        line.send(whole.substr(0, cut));
        calling.settle();
        line.send(whole.substr(cut, 15 - cut));
        (void)line.receive_until("/t");
        line.send(whole.substr(15));
        ASSERT_EQ(heard->code(), 0U) << cut;
        ASSERT_EQ(heard->messages(), Texts{"well"});
    }
}

TEST(ClientFrames, resets_are_told_apart) {
    Pair pair;
    const std::vector<std::pair<std::uint32_t, Code>> all = {{0, Code::internal},
                                                             {2, Code::internal},
                                                             {7, Code::unavailable},
                                                             {8, Code::cancelled},
                                                             {11, Code::resource_exhausted},
                                                             {99, Code::unknown}};
    for (const auto& [why, code] : all) {
        const auto [heard, stream] = pair.ask();
        pair.peer.reset(stream, why);
        EXPECT_EQ(code_of(heard), code) << why;
    }
    // After the status it means only that the server needs to hear no more.
    const auto heard = hear();
    const auto call = pair.calling.call("/t/Any", heard);
    const std::uint32_t stream = next_call(pair.peer);
    pair.peer.line.send(answer_of(stream, "x") + frame(reset_frame, no_flag, stream, number(0)));
    EXPECT_EQ(heard->code(), 0U);
    EXPECT_EQ(pair.calling.calls(), 0U);
}

TEST(ClientFrames, answers_that_are_not_grpcs_end_the_call) {
    Pair pair;
    const std::vector<std::pair<Fields, Code>> all = {
        {{{":status", "503"}, {"content-type", "text/html"}}, Code::unavailable},
        {{{":status", "404"}}, Code::unimplemented},
        {{{":status", "200"}, {"content-type", "text/html"}}, Code::unknown},
        {{{":status", "200"}}, Code::unknown}};
    for (const auto& [fields, code] : all) {
        const auto [heard, stream] = pair.ask();
        pair.peer.head(stream, fields);
        EXPECT_EQ(code_of(heard), code);
        const auto reset = pair.peer.next(reset_frame, stream);
        ASSERT_TRUE(reset.has_value());
        EXPECT_EQ(reset->number(), 8U);
        // What was on its way is let pass.
        pair.peer.data(stream, "<html>", true);
    }
    const auto [heard, stream] = pair.ask();
    pair.peer.head(stream, only_trailers("11"), end_headers | end_stream);
    EXPECT_EQ(heard->code(), 11U);
}

TEST(ClientFrames, bad_endings_are_no_success) {
    Pair pair;
    const auto [silent, one] = pair.ask();
    pair.peer.head(one, answer_head);
    pair.peer.data(one, message("x"), true);
    EXPECT_EQ(code_of(silent), Code::unknown);
    EXPECT_EQ(silent->messages(), Texts{"x"});

    const auto [cut, two] = pair.ask();
    pair.peer.head(two, answer_head);
    pair.peer.data(two, message("hello").substr(0, 7));
    pair.peer.head(two, well, end_headers | end_stream);
    EXPECT_EQ(code_of(cut), Code::internal);
    EXPECT_EQ(cut->count(), 0U);

    const auto [zipped, three] = pair.ask();
    pair.peer.head(three, answer_head);
    pair.peer.data(three, message("zip", 1));
    EXPECT_EQ(code_of(zipped), Code::internal);
}

TEST(ClientFrames, a_message_that_is_too_long_is_not_waited_for) {
    Pair pair({.message_bytes = 100});
    const auto [heard, stream] = pair.ask();
    pair.peer.head(stream, answer_head);
    pair.peer.data(stream, message(std::string(100, 'x')) + message(std::string(101, 'x')).substr(0, 5));
    EXPECT_EQ(code_of(heard), Code::resource_exhausted);
    EXPECT_EQ(heard->count(), 1U);
    EXPECT_TRUE(pair.peer.next(reset_frame, stream).has_value());
    const auto [next, other] = pair.ask();
    pair.peer.line.send(answer_of(other, ""));
    EXPECT_EQ(next->code(), 0U);
}

TEST(ClientFrames, endless_headers_are_not_kept) {
    Pair pair;
    const auto [heard, stream] = pair.ask();
    Fields many = answer_head;
    for (int i = 0; i < 14; ++i) many.emplace_back("x-many", std::string(1000, 'x'));
    pair.peer.head(stream, many);
    Fields trailers = well;
    for (int i = 0; i < 5; ++i) {
        trailers.insert(trailers.end(), many.begin() + 2, many.end());
    }
    // Longer than one frame may be.
    const std::string block = header_block(trailers);
    std::string frames = frame(headers_frame, end_stream, stream, block.substr(0, 16'000));
    for (std::size_t at = 16'000; at < block.size(); at += 16'000) {
        frames += frame(continuation_frame, at + 16'000 < block.size() ? no_flag : end_headers, stream,
                        block.substr(at, 16'000));
    }
    pair.peer.line.send(frames);
    EXPECT_NE(heard->code(), 0U);
}

TEST(ClientFrames, a_server_that_breaks_the_protocol_loses_its_calls) {
    const std::vector<std::string> all = {frame(data_frame, no_flag, 0, "data of the connection"),
                                          frame(headers_frame, end_headers, 3, "\xFF\xFF\xFF"),
                                          frame(headers_frame, end_headers, 2, header_block(answer_head)),
                                          frame(ping_frame, no_flag, 0, "short"),
                                          "HTTP/1.1 400 Bad Request\r\n\r\n",
                                          std::string(1000, '\xFF')};
    for (const std::string& bytes : all) {
        Pair pair;
        const auto [heard, stream] = pair.ask();
        pair.peer.line.send(bytes);
        EXPECT_EQ(code_of(heard), Code::unavailable);
        EXPECT_FALSE(pair.peer.next([](const Frame&) { return false; }).has_value());
    }
}

TEST(ClientFrames, a_cancelled_call_is_reset_and_takes_no_window) {
    Pair pair;
    const auto heard = hear();
    const auto call = pair.calling.ask("/t/Any", "", heard);
    const std::uint32_t stream = next_call(pair.peer);
    pair.calling.run([&] {
        call->pause();
        call->cancel();
    });
    EXPECT_EQ(code_of(heard), Code::cancelled);
    EXPECT_TRUE(pair.peer.next(reset_frame, stream).has_value());
    for (int i = 0; i < 64; ++i) pair.peer.data(stream, std::string(1 << 18, 'x'));
    // All of the connection's window, which it gets back.
    EXPECT_TRUE(pair.peer.next(window_frame, 0).has_value());
}

}  // namespace
}  // namespace transport
