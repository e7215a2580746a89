/// What a gRPC call looks like, frame by frame.
#include <gtest/gtest.h>

#include <vector>

#include "transport/h2_client.hpp"
#include "transport/service.hpp"

namespace transport {
namespace {

using Types = std::vector<std::uint8_t>;

TEST(GrpcFrames, an_answer_is_head_data_and_trailers) {
    Serving serving;
    H2Client client(serving.port());
    client.call(1, "/t/Unary", "hello");
    const auto answer = client.answer(1);
    EXPECT_EQ(answer.types, (Types{headers_frame, data_frame, headers_frame}));
    EXPECT_EQ(answer.body, message("hello"));
    EXPECT_EQ(answer.head,
              (Fields{{":status", "200"}, {"content-type", "application/grpc"}, {"grpc-accept-encoding", "identity"}}));
    EXPECT_EQ(answer.trailers, (Fields{{"grpc-status", "0"}}));
    // Nothing comes after it: the next frame belongs to the next call.
    client.call(3, "/t/Unary", "again");
    const auto next = client.next([](const Frame& one) { return one.type != settings_frame; });
    ASSERT_TRUE(next.has_value());
    EXPECT_EQ(next->stream, 3U);
}

TEST(GrpcFrames, an_early_error_is_one_frame) {
    Serving serving;
    H2Client client(serving.port());
    client.call(1, "/t/Nothing", "hello");
    const auto answer = client.answer(1);
    EXPECT_EQ(answer.types, Types{headers_frame});
    EXPECT_EQ(answer.trailer(":status"), "200");
    EXPECT_EQ(answer.trailer("content-type"), "application/grpc");
    EXPECT_EQ(answer.status(), "12");
    EXPECT_EQ(answer.trailer("grpc-message"), "this server has no method /t/Nothing");
}

TEST(GrpcFrames, a_client_that_still_sends_is_stopped_without_an_error) {
    Serving serving;
    H2Client client(serving.port());
    client.head(1, call_fields("/t/Early"));
    client.data(1, message("0123456789abc"));
    const auto answer = client.answer(1);
    EXPECT_EQ(answer.status(), "9");
    const auto reset = client.next(reset_frame, 1);
    ASSERT_TRUE(reset.has_value());
    EXPECT_EQ(reset->number(), 0U);
    // What was on its way is let pass, and fills no window.
    for (int i = 0; i < 100; ++i) client.data(1, std::string(16'384, 'x'));
    client.call(3, "/t/Unary", "next");
    EXPECT_EQ(client.answer(3).body, message("next"));
}

TEST(GrpcFrames, other_kinds_of_grpc_are_refused_by_http) {
    Serving serving;
    H2Client client(serving.port());
    std::uint32_t stream = 1;
    for (const char* type : {"application/grpc-web", "application/grpc+json", "application/grpcx"}) {
        Fields fields = call_fields("/t/Unary");
        fields.back().second = type;
        client.head(stream, fields);
        client.data(stream, message("x"), true);
        EXPECT_EQ(client.answer(stream).head.front().second, "415") << type;
        stream += 2;
    }
    for (const char* type : {"application/grpc+proto", "application/grpc;charset=utf-8"}) {
        Fields fields = call_fields("/t/Unary");
        fields.back().second = type;
        client.head(stream, fields);
        client.data(stream, message("x"), true);
        EXPECT_EQ(client.answer(stream).status(), "0") << type;
        stream += 2;
    }
    client.head(stream, {{":method", "POST"},
                         {":scheme", "http"},
                         {":path", "/echo?q"},
                         {":authority", "localhost"},
                         {"content-type", "text/plain"}});
    client.data(stream, "any body", true);
    EXPECT_EQ(client.answer(stream).body, "any body");
}

TEST(GrpcFrames, timeouts_are_read_and_bad_ones_refused) {
    Serving serving;
    H2Client client(serving.port());
    client.call(1, "/t/Unary", "a", {{"grpc-timeout", "soon"}});
    EXPECT_EQ(client.answer(1).status(), "3");
    client.call(3, "/t/Unary", "a", {{"grpc-timeout", "99999999H"}});
    EXPECT_EQ(client.answer(3).status(), "0");
    client.call(5, "/t/Hang", "a", {{"grpc-timeout", "1m"}});
    const auto answer = client.answer(5);
    EXPECT_EQ(answer.types, Types{headers_frame});
    EXPECT_EQ(answer.status(), "4");
    client.call(7, "/t/Hang", "a", {{"grpc-timeout", "0n"}});
    EXPECT_EQ(client.answer(7).status(), "4");
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.cancelled == 2 && facts.destroyed == 3; }));
}

TEST(GrpcFrames, a_deadline_reaches_a_client_that_takes_no_data) {
    Serving serving;
    H2Client client(serving.port(), 10);
    client.call(1, "/t/Count", "1000 1000", {{"grpc-timeout", "50m"}});
    const auto head = client.next(headers_frame, 1);
    ASSERT_TRUE(head.has_value());
    const auto data = client.next(data_frame, 1);
    ASSERT_TRUE(data.has_value());
    EXPECT_EQ(data->payload.size(), 10U);
    const auto trailers = client.next(headers_frame, 1);
    ASSERT_TRUE(trailers.has_value());
    EXPECT_EQ(trailers->field("grpc-status"), "4");
    EXPECT_TRUE(trailers->ends_stream());
    client.open_window(1, 1'000'000);
    client.ping("anything");
    EXPECT_EQ(client.next(ping_frame, 0)->payload, "anything");
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.buffered_bytes == 0 && now.calls == 0; }));
}

TEST(GrpcFrames, binary_metadata_comes_with_padding_or_without) {
    Serving serving;
    H2Client client(serving.port());
    client.call(1, "/t/Metadata", "", {{"x-a-bin", "Zg=="}, {"x-b-bin", "Zg"}, {"x-c-bin", "Zg,Zm8="}});
    EXPECT_EQ(
        client.answer(1).trailers,
        (Fields{{"grpc-status", "0"}, {"x-a-bin", "Zg"}, {"x-b-bin", "Zg"}, {"x-c-bin", "Zg"}, {"x-c-bin", "Zm8"}}));
    client.call(3, "/t/Metadata", "", {{"x-a-bin", "no base64"}});
    EXPECT_EQ(client.answer(3).status(), "3");
}

TEST(GrpcFrames, a_compressed_message_is_refused_with_what_is_understood) {
    Serving serving;
    H2Client client(serving.port());
    client.head(1, call_fields("/t/Unary", {{"grpc-encoding", "gzip"}}));
    client.data(1, message("zip", 1), true);
    const auto answer = client.answer(1);
    EXPECT_EQ(answer.status(), "12");
    EXPECT_EQ(answer.trailer("grpc-accept-encoding"), "identity");
}

TEST(GrpcFrames, a_message_cut_off_is_refused) {
    Serving serving;
    H2Client client(serving.port());
    client.head(1, call_fields("/t/Unary"));
    client.data(1, message("hello").substr(0, 7), true);
    EXPECT_EQ(client.answer(1).status(), "3");
    client.head(3, call_fields("/t/Unary"));
    client.data(3, std::string(1, '\0'), true);
    EXPECT_EQ(client.answer(3).status(), "3");
}

TEST(GrpcFrames, a_conversation_cut_at_any_byte_is_understood) {
    Serving serving;
    const std::string whole = std::string(preface) + frame(settings_frame, no_flag, 0, setting(4, 1 << 20)) +
                              frame(headers_frame, end_headers, 1, header_block(call_fields("/t/Bidi"))) +
                              frame(data_frame, no_flag, 1, message("one").substr(0, 3)) +
                              frame(data_frame, no_flag, 1, message("one").substr(3) + message("two")) +
                              frame(data_frame, end_stream, 1, {});
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        H2Client client(serving.port());
        client.line = Line(serving.port());
        ASSERT_TRUE(client.line.send(whole.substr(0, cut)));
        // What comes back to it shows that the first part was read, where that is enough to be answered.
        ASSERT_TRUE(client.line.send(whole.substr(cut)));
        const auto answer = client.answer(1);
        ASSERT_EQ(answer.body, message("one") + message("two")) << cut;
        ASSERT_EQ(answer.status(), "0") << cut;
    }
    Line slow(serving.port());
    for (const char byte : whole) ASSERT_TRUE(slow.send({&byte, 1}));
    EXPECT_NE(slow.receive_until("two"), "");
}

TEST(GrpcFrames, a_reset_and_a_lost_connection_cancel_calls) {
    Serving serving;
    H2Client client(serving.port());
    client.head(1, call_fields("/t/Hang"));
    client.head(3, call_fields("/t/Hang"));
    client.head(5, call_fields("/t/Hang"));
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.made == 3; }));
    client.reset(3);
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.cancelled == 1 && facts.destroyed == 1; }));
    client.line.reset();
    EXPECT_TRUE(serving.record->wait([](const auto& facts) { return facts.cancelled == 3 && facts.destroyed == 3; }));
    EXPECT_TRUE(serving.wait([](const auto& now) { return now.connections == 0 && now.calls == 0; }));
}

}  // namespace
}  // namespace transport
