#include <csignal>
#include <string>

#include "cli/server_test.hpp"

namespace command {
namespace {

class Serve : public ServerTest {};

TEST_F(Serve, TellsWhereItIsAndWhatItIs) {
    fill();
    Running server({"serve", store(), "--port", "0"});
    const auto info = parsed(curl({server.url("/info")}).out);
    EXPECT_EQ(text_of(info, "state"), "leader");
    EXPECT_EQ(info.root().find("varve")->find("events")->as_uint64(), 4U);
    EXPECT_EQ(curl({"-o", "/dev/null", "-w", "%{http_code}", server.url("/health/live")}).out, "204");
    EXPECT_EQ(curl({"-o", "/dev/null", "-w", "%{http_code}", server.url("/health/live?liveCode=200")}).out, "200");
    EXPECT_EQ(curl({"-o", "/dev/null", "-w", "%{http_code}", server.url("/ready")}).out, "204");
    EXPECT_EQ(curl({"-o", "/dev/null", "-w", "%{http_code}", server.url("/nothing")}).out, "404");
    EXPECT_EQ(curl({"-o", "/dev/null", "-w", "%{http_code}", "-d", "x", server.url("/info")}).out, "405");
    const auto gossip = parsed(curl({server.url("/gossip")}).out);
    EXPECT_EQ(gossip.root().find("members")->elements().size(), 1U);
    // Read beside it; it holds the lock.
    EXPECT_EQ(lines_of(succeed({"read", store()})).size(), 4U);
    fail(1, {"append", store(), "s", "T"}, {"is held by pid " + std::to_string(server.process.id())});
    server.process.signal(SIGTERM);
    EXPECT_EQ(server.process.wait(), 0) << server.process.err();
    succeed({"append", store(), "s", "T"});
}

TEST_F(Serve, IsForThisMachineOnly) {
    fail(1, {"serve", store(), "--address", "0.0.0.0"}, {"'0.0.0.0'", "no TLS and no users", "127.0.0.1"});
    fail(1, {"serve", store(), "--address", "127.0.0.x"}, {"127.0.0.x"});
}

TEST_F(Serve, NamesAPortThatIsTaken) {
    Running first({"serve", "memory:", "--port", "0"});
    fail(1, {"serve", path("other"), "--port", first.port}, {first.port});
}

TEST_F(Serve, WrongUseIsTold) {
    fail(2, {"serve", store(), "--port", "65536"}, {"--port"});
    fail(2, {"serve", store(), "--threads", "0"}, {"--threads"});
}

}  // namespace
}  // namespace command
