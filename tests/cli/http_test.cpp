// The store over HTTP, as curl meets it.
#include <csignal>
#include <string>

#include "cli/server_test.hpp"

namespace command {
namespace {

class Http : public ServerTest {
protected:
    Http() : server({"serve", "memory:", "--port", "0", "--drain", "1"}) {}
    [[nodiscard]] Outcome post(const std::string& path, const std::string& body) {
        return curl({"-d", body, server.url(path)});
    }
    [[nodiscard]] std::string get(const std::string& path) { return curl({server.url(path)}).out; }
    [[nodiscard]] std::string status(const std::vector<std::string>& words) {
        std::vector<std::string> all{"-o", "/dev/null", "-w", "%{http_code}"};
        all.insert(all.end(), words.begin(), words.end());
        return curl(all).out;
    }

    Running server;
};

TEST_F(Http, AppendsToAStreamAndReadsIt) {
    const auto receipt = parsed(post("/v1/streams/account-a1?expect=none", R"({"type":"Opened","data":{"n":1}})").out);
    EXPECT_EQ(number_of(receipt, "last"), 0U);
    const auto more = R"([{"type":"Paid","data":{"n":2},"tags":["vip"]},{"type":"Paid","data":{"n":3}}])";
    EXPECT_EQ(number_of(parsed(post("/v1/streams/account-a1?expect=0", more).out), "last"), 2U);
    const auto lines = lines_of(get("/v1/streams/account-a1"));
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(text_of(parsed(lines[0]), "type"), "Opened");
    EXPECT_EQ(number_of(parsed(lines[2]), "revision"), 2U);
    EXPECT_EQ(lines_of(get("/v1/streams/account-a1?from=1&limit=1")).at(0), lines[1]);
    EXPECT_EQ(lines_of(get("/v1/streams/account-a1?direction=backward&limit=1")).at(0), lines[2]);
    EXPECT_EQ(get("/v1/events?tag=vip"), lines[1] + "\n");
    EXPECT_EQ(lines_of(get("/v1/events?category=account")).size(), 3U);
    EXPECT_EQ(lines_of(get("/v1/events?type=Opened&type=Paid")).size(), 3U);
    EXPECT_EQ(lines_of(get("/v1/events?query=%5B%7B%22tags%22%3A%5B%22vip%22%5D%7D%5D")).size(), 1U);
    EXPECT_EQ(text_of(parsed(get("/v1/streams")), "name"), "account-a1");
    EXPECT_EQ(get("/v1/streams/none"), "");
    EXPECT_EQ(curl({"--http2-prior-knowledge", server.url("/v1/events?tag=vip")}).out, lines[1] + "\n");
}

TEST_F(Http, AConflictSaysWhatIsThere) {
    EXPECT_EQ(status({"-d", R"({"type":"T","data":1})", server.url("/v1/streams/s")}), "201");
    const auto refused = parsed(post("/v1/streams/s?expect=7", R"({"type":"T","data":1})").out);
    const auto error = *refused.root().find("error");
    EXPECT_EQ(error.find("code")->as_string(), "aborted");
    EXPECT_EQ(error.find("conflict")->find("actual")->as_uint64(), 0U);
    EXPECT_EQ(status({"-d", R"({"type":"T","data":1})", server.url("/v1/streams/s?expect=7")}), "409");
}

TEST_F(Http, ACommitHasConditionsOfEveryKind) {
    const std::string join =
        R"({"events":[{"stream":"u-1","type":"Joined","data":{},"tags":["user:anna"]}],)"
        R"("conditions":[{"stream":"u-1","expected":"none"},{"unless":[{"tags":["user:anna"]}]}],"commandId":"c1"})";
    EXPECT_EQ(number_of(parsed(post("/v1/commits", join).out), "first"), 0U);
    const auto again = parsed(post("/v1/commits", join).out);
    EXPECT_EQ(again.root().find("repeated")->as_bool(), true) << "the command id is known";
    const std::string other =
        R"({"events":[{"stream":"u-2","type":"Joined","data":{}}],"conditions":[{"unless":[{"tags":["user:anna"]}]}]})";
    EXPECT_EQ(status({"-d", other, server.url("/v1/commits")}), "409");
    EXPECT_EQ(lines_of(get("/v1/events")).size(), 1U);
}

TEST_F(Http, BadInputIsNamed) {
    const auto message = [](const Outcome& outcome) {
        return std::string(*parsed(outcome.out).root().find("error")->find("message")->as_string());
    };
    EXPECT_NE(message(post("/v1/streams/s", "{")).find("not valid JSON"), std::string::npos);
    EXPECT_NE(message(post("/v1/streams/s", "[]")).find("no event"), std::string::npos);
    EXPECT_NE(message(post("/v1/streams/s", "{}")).find("missing field 'type'"), std::string::npos);
    EXPECT_NE(message(post("/v1/streams/s?expect=soon", "{}")).find("'soon'"), std::string::npos);
    EXPECT_NE(message(post("/v1/streams/s?expected=0", "{}")).find("no parameter 'expected'"), std::string::npos);
    EXPECT_NE(message(post("/v1/streams/%zz", "{}")).find("hexadecimal"), std::string::npos);
    EXPECT_NE(message(post("/v1/streams/s", R"({"stream":"t","type":"T","data":1})")).find("another stream"),
              std::string::npos);
    EXPECT_NE(message(post("/v1/commits", R"({"event":[]})")).find("unknown field 'event'"), std::string::npos);
    EXPECT_NE(message(post("/v1/commits", R"({"events":[{"type":"T","data":1}]})")).find("event 1: missing field"),
              std::string::npos);
    EXPECT_EQ(status({server.url("/v1/events?from=x")}), "400");
    EXPECT_EQ(status({server.url("/v1/events?type=T&category=c")}), "400");
    EXPECT_EQ(status({"-X", "DELETE", server.url("/v1/streams/s")}), "405");
    EXPECT_EQ(status({server.url("/v1/streams/a%0Ab")}), "400");
    EXPECT_EQ(lines_of(get("/v1/events")).size(), 0U);
}

TEST_F(Http, EventsComeLiveAndGoOnWhereAClientHasBeen) {
    for (int i = 0; i < 3; ++i) static_cast<void>(post("/v1/streams/s", R"({"type":"T","data":1})"));
    Process live({"curl", "-sSN", "--max-time", "60", "-H", "Accept: text/event-stream", "-H", "Last-Event-ID: 1",
                  server.url("/v1/events")});
    EXPECT_EQ(live.line(), "id: 2");
    static_cast<void>(live.line());
    static_cast<void>(post("/v1/streams/s", R"({"type":"New","data":2})"));
    std::optional<std::string> line;
    do line = live.line();
    while (line && *line != "id: 3");
    ASSERT_TRUE(line);
    EXPECT_NE(live.line().value_or("").find("\"type\":\"New\""), std::string::npos);
    server.process.signal(SIGTERM);
    EXPECT_EQ(server.process.wait(), 0) << "a client that stays does not keep it from ending";
}

}  // namespace
}  // namespace command
