/// The transport under the gRPC client of another maker.
#include <gtest/gtest.h>

#include <string>

#include "transport/service.hpp"
#include "transport/shell.hpp"

namespace transport {
namespace {

class GrpcClient : public testing::TestWithParam<const char*> {};

TEST_P(GrpcClient, is_served) {
    Serving serving({}, 2);
    EXPECT_EQ(output_of(std::string("timeout 100 " VARVE_GRPC_PYTHON " " VARVE_GRPC_CLIENT " ") +
                        std::to_string(serving.port()) + " " + GetParam()),
              "ok\n");
    serving.server->stop(0s);
    const auto facts = serving.record->facts();
    EXPECT_EQ(facts.made, facts.destroyed);
    const auto counters = serving.server->counters();
    EXPECT_EQ(counters.calls, 0U);
    EXPECT_EQ(counters.connections, 0U);
    EXPECT_EQ(counters.buffered_bytes, 0U);
    EXPECT_EQ(counters.protocol_errors, 0U);
}

INSTANTIATE_TEST_SUITE_P(Python, GrpcClient,
                         testing::Values("unary", "big", "many_at_once", "client_stream", "server_stream", "bidi",
                                         "too_large", "unknown", "deadline", "cancel", "metadata", "status", "early",
                                         "compressed", "pings"),
                         [](const auto& one) { return std::string(one.param); });

}  // namespace
}  // namespace transport
