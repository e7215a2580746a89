#include "net/grpc_answer.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace varve::net {
namespace {

using Fields = std::vector<std::pair<std::string, std::string>>;

std::optional<Status> give(GrpcAnswer& answer, const Fields& fields) {
    for (const auto& [name, value] : fields) answer.field(name, value);
    return answer.block_done();
}

Code code_of(const std::optional<Status>& status) {
    return static_cast<Code>(status.value_or(Status{}).code);
}

TEST(GrpcAnswer, a_head_and_trailers) {
    GrpcAnswer answer;
    EXPECT_FALSE(give(answer, {{":status", "200"}, {"content-type", "application/grpc+proto"}, {"date", "today"}}));
    EXPECT_FALSE(give(answer, {{"grpc-status", "5"},
                               {"grpc-message", "no stream %27%C3%BC%27"},
                               {"grpc-status-details-bin", "AP8"},
                               {"broken-bin", "no base64"},
                               {"more", "text"}}));
    const Status status = answer.status();
    EXPECT_EQ(status.code, 5U);
    EXPECT_EQ(status.message, "no stream '\xC3\xBC'");
    EXPECT_EQ(status.trailers.fields(),
              (std::vector<Metadata::Field>{{"grpc-status-details-bin", std::string("\0\xFF", 2)}, {"more", "text"}}));
}

TEST(GrpcAnswer, both_in_one) {
    GrpcAnswer answer;
    EXPECT_FALSE(give(answer, {{":status", "200"},
                               {"content-type", "application/grpc"},
                               {"grpc-accept-encoding", "identity"},
                               {"grpc-status", "12"}}));
    EXPECT_EQ(answer.status().code, 12U);
    EXPECT_TRUE(answer.status().trailers.fields().empty());
    // A gRPC status holds, whatever HTTP says.
    GrpcAnswer odd;
    EXPECT_FALSE(give(odd, {{":status", "404"}, {"grpc-status", "7"}}));
    EXPECT_EQ(odd.status().code, 7U);
}

TEST(GrpcAnswer, a_notice_before_the_head_is_passed_by) {
    GrpcAnswer answer;
    EXPECT_FALSE(give(answer, {{":status", "103"}, {"link", "x"}}));
    EXPECT_FALSE(give(answer, {{":status", "200"}, {"content-type", "application/grpc"}}));
    EXPECT_FALSE(give(answer, {{"grpc-status", "0"}}));
    EXPECT_EQ(answer.status().code, 0U);
    EXPECT_TRUE(answer.status().trailers.fields().empty());
}

TEST(GrpcAnswer, what_is_no_answer_of_grpc_ends_the_call) {
    for (const char* type : {"text/html", "", "application/grpc-web", "application/grpcx", "application/json"}) {
        GrpcAnswer answer;
        EXPECT_EQ(code_of(give(answer, {{":status", "200"}, {"content-type", type}})), Code::unknown) << type;
    }
    GrpcAnswer answer;
    const auto status = give(answer, {{":status", "502"}, {"content-type", "text/html"}});
    EXPECT_EQ(code_of(status), Code::unavailable);
    EXPECT_EQ(status->message, "the server answered with HTTP status 502");
}

TEST(GrpcAnswer, an_end_without_a_status_is_unknown) {
    GrpcAnswer answer;
    EXPECT_FALSE(give(answer, {{":status", "200"}, {"content-type", "application/grpc"}}));
    EXPECT_EQ(code_of(answer.status()), Code::unknown);
    for (const char* code : {"", "ok", "-1", "1 ", "99999999999"}) {
        GrpcAnswer odd;
        EXPECT_FALSE(give(odd, {{":status", "200"}, {"content-type", "application/grpc"}, {"grpc-status", code}}));
        EXPECT_EQ(code_of(odd.status()), Code::unknown) << code;
    }
}

TEST(GrpcAnswer, too_many_fields_are_not_kept) {
    GrpcAnswer answer;
    for (int i = 0; i < 1000; ++i) answer.field("name", std::string(100, 'x'));
    EXPECT_EQ(code_of(answer.block_done()), Code::resource_exhausted);
}

TEST(GrpcAnswer, http_and_resets_have_codes) {
    const std::vector<std::pair<unsigned, Code>> https = {{400, Code::internal},          {401, Code::unauthenticated},
                                                          {403, Code::permission_denied}, {404, Code::unimplemented},
                                                          {429, Code::unavailable},       {502, Code::unavailable},
                                                          {503, Code::unavailable},       {504, Code::unavailable},
                                                          {500, Code::unknown},           {0, Code::unknown}};
    for (const auto& [status, code] : https) EXPECT_EQ(code_of_http(status), code) << status;
    const std::vector<std::pair<unsigned, Code>> resets = {
        {0, Code::internal},           {1, Code::internal},  {3, Code::internal},
        {7, Code::unavailable},        {8, Code::cancelled}, {11, Code::resource_exhausted},
        {12, Code::permission_denied}, {13, Code::unknown},  {0xFFFF'FFFF, Code::unknown}};
    for (const auto& [why, code] : resets) EXPECT_EQ(code_of_reset(H2Error{why}), code) << why;
}

}  // namespace
}  // namespace varve::net
