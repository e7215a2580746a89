#include "cli/command_test.hpp"

namespace command {
namespace {

class Append : public CommandTest {};

TEST_F(Append, AnswersWhereTheEventLies) {
    EXPECT_EQ(succeed({"append", store(), "account-a1", "Opened", R"({"owner":"Ada"})"}),
              "appended 1 event at position 0; account-a1 is at revision 0 (durable)\n");
    const auto receipt = parsed(succeed({"append", store(), "account-a1", "Deposited", "{}", "--json"}));
    EXPECT_EQ(number_of(receipt, "first"), 1U);
    EXPECT_EQ(number_of(receipt, "last"), 1U);
    EXPECT_EQ(text_of(receipt, "durability"), "durable");
    EXPECT_EQ(receipt.raw("streams"), R"([{"stream":"account-a1","revision":1}])");
    EXPECT_TRUE(::varve::parse_timestamp(text_of(receipt, "time")));
}

TEST_F(Append, KeepsEverythingGiven) {
    const std::string id = "c56a4180-65aa-42ec-a945-5fd21dec0538";
    succeed({"append", store(), "photo-7", "Taken", "plain words", "--content-type", "text/plain", "--tag", "by:ada",
             "--tag", "[odd,tag]", "--metadata", R"({"why":"test"})", "--id", id});
    const auto event = parsed(succeed({"read", store(), "--json"}));
    EXPECT_EQ(text_of(event, "id"), id);
    EXPECT_EQ(text_of(event, "contentType"), "text/plain");
    EXPECT_EQ(event.raw("data"), R"({"base64":"cGxhaW4gd29yZHM="})");
    EXPECT_EQ(event.raw("metadata"), R"({"why":"test"})");
    EXPECT_EQ(event.raw("tags"), R"(["by:ada","[odd,tag]"])");
}

TEST_F(Append, ReadsDataFromStandardInput) {
    succeed({"append", store(), "s", "T", "-"}, "{\"from\":\n \"a pipe\"}\n");
    EXPECT_EQ(parsed(succeed({"read", store(), "--json"})).raw("data"), "{\"from\":  \"a pipe\"}");
}

TEST_F(Append, ExpectationsHoldOrNothingIsStored) {
    succeed({"append", store(), "s", "T", "{}", "--expect", "none"});
    succeed({"append", store(), "s", "T", "{}", "--expect", "0"});
    succeed({"append", store(), "s", "T", "{}", "--expect", "exists"});
    succeed({"append", store(), "s", "T", "{}", "--expect", "any"});
    fail(1, {"append", store(), "s", "T", "{}", "--expect", "1"}, {"s", "revision 3", "revision 1"});
    fail(1, {"append", store(), "s", "T", "{}", "--expect", "none"}, {"s", "revision 3"});
    fail(1, {"append", store(), "new", "T", "{}", "--expect", "exists"}, {"new"});
    EXPECT_EQ(lines_of(succeed({"read", store(), "--json"})).size(), 4U);
}

TEST_F(Append, AConflictIsTypedForScripts) {
    fill();
    const Outcome outcome = run({"append", store(), "account-a1", "T", "{}", "--expect", "0", "--json"});
    EXPECT_EQ(outcome.exit, 1);
    EXPECT_EQ(outcome.out, "");
    const auto error = parsed(std::string(parsed(outcome.err).raw("error")));
    EXPECT_EQ(text_of(error, "code"), "aborted");
    EXPECT_EQ(error.raw("conflict"),
              R"({"stream":"account-a1","expected":"revision 0","actual":2,"state":"live","condition":0})");
}

TEST_F(Append, OnlyWhenNoEventMatches) {
    const auto take = [&](const std::string& stream, std::vector<std::string> more) {
        std::vector<std::string> words = {"append", store(), stream, "Taken", "{}", "--tag", "name:ada"};
        words.insert(words.end(), more.begin(), more.end());
        return words;
    };
    succeed(take("user-1", {"--unless-tag", "name:ada"}));
    fail(1, take("user-2", {"--unless-tag", "name:ada"}), {"position 0", "tag 'name:ada'"});
    fail(1, take("user-2", {"--unless-type", "Given", "--unless-type", "Taken", "--unless-tag", "name:ada"}),
         {"position 0", "type 'Given' or 'Taken' with tag 'name:ada'"});
    succeed(take("user-2", {"--unless-type", "Given", "--unless-tag", "name:ada"}));
    succeed(take("user-3", {"--unless-tag", "name:ada", "--after", "1"}));
    const std::string query = R"([{"types":["Given"]},{"types":["Taken"],"tags":["name:ada"]}])";
    const auto outcome = run(take("user-4", {"--unless", query, "--after", "1", "--expect", "none", "--json"}));
    EXPECT_EQ(outcome.exit, 1);
    const auto error = parsed(std::string(parsed(outcome.err).raw("error")));
    EXPECT_EQ(text_of(error, "code"), "aborted");
    EXPECT_EQ(error.raw("conflict"), R"({"query":)" + query + R"(,"after":1,"found":2,"condition":1})");
    fail(1, take("user-4", {"--unless", "[]"}), {"no item"});
    fail(2, take("user-4", {"--unless", "{}"}), {"--unless", "array of items"});
    fail(2, take("user-4", {"--after", "1"}), {"--after", "--unless"});
    fail(2, take("user-4", {"--unless", query, "--unless-tag", "x"}), {"--unless"});
    EXPECT_EQ(lines_of(succeed({"read", store(), "--json"})).size(), 3U);
}

TEST_F(Append, LinesAreOneCommit) {
    const std::string lines =
        "{\"stream\":\"account-a1\",\"type\":\"Withdrawn\",\"data\":{\"cents\":20}}\n"
        "\n"
        "{\"stream\":\"account-b2\",\"type\":\"Deposited\",\"data\":{\"cents\":20},\"tags\":[\"x\"]}\n";
    EXPECT_EQ(
        succeed({"append", store(), "--lines"}, lines),
        "appended 2 events at position 0..1; account-a1 is at revision 0, account-b2 is at revision 0 (durable)\n");
    EXPECT_NE(succeed({"info", store()}).find("2 in 1 commit\n"), std::string::npos);
    succeed({"append", store(), "account-a1", "Noted", "--lines", "--expect", "0"}, "{\"data\":1}\n{\"data\":2}");
    fail(1, {"append", store(), "account-a1", "Noted", "--lines", "--expect", "0"}, {"account-a1"}, "{\"data\":3}\n");
    fail(1, {"append", store(), "--lines"}, {"standard input:2: ", "missing field 'type'", "nothing is stored"},
         "{\"stream\":\"s\",\"type\":\"T\",\"data\":1}\n{\"stream\":\"s\",\"data\":1}\n");
    fail(1, {"append", store(), "--lines"}, {"no line"}, "\n");
    EXPECT_EQ(lines_of(succeed({"read", store(), "--json"})).size(), 4U);
}

TEST_F(Append, SentAgainIsStoredOnce) {
    const std::string id = "c56a4180-65aa-42ec-a945-5fd21dec0538";
    for (const std::vector<std::string>& how : {std::vector<std::string>{"--id", id}, {"--command-id", "order 17"}}) {
        std::vector<std::string> words = {"append", store(), "account-a1", "Opened", "{}"};
        words.insert(words.end(), how.begin(), how.end());
        const auto first = parsed(succeed([&] {
            auto json = words;
            json.push_back("--json");
            return json;
        }()));
        EXPECT_EQ(first.root().find("repeated")->as_bool(), false);
        succeed({"append", store(), "account-a1", "Noted"});
        const std::string position = std::to_string(number_of(first, "first"));
        EXPECT_EQ(succeed(words), "nothing new: this was appended before, 1 event at position " + position +
                                      "; account-a1 was at revision " + position + " (durable)\n");
        words.push_back("--json");
        EXPECT_EQ(parsed(succeed(words)).root().find("repeated")->as_bool(), true);
    }
    EXPECT_EQ(lines_of(succeed({"read", store(), "--json"})).size(), 4U);
    fail(1, {"append", store(), "account-b1", "Opened", "{}", "--id", id}, {id, "position 0", "account-a1"});
    const Outcome refused = run({"append", store(), "account-b1", "Opened", "{}", "--id", id, "--json"});
    EXPECT_NE(refused.err.find(R"("overlap":[{"event":0,"id":")" + id +
                               R"(","position":0,"stream":"account-a1","revision":0}])"),
              std::string::npos)
        << refused.err;
    fail(1, {"append", store(), "s", "T", "--command-id", ""}, {"--command-id is empty"});
    fail(1, {"append", store(), "s", "T", "--command-id", std::string(256, 'x')}, {"command id", "256", "255"});
}

TEST_F(Append, RefusesWhatIsNotJson) {
    fail(1, {"append", store(), "s", "T", "{\"a\":}"}, {"DATA is not JSON", "--content-type"});
    fail(1, {"append", store(), "s", "T", "-"}, {"DATA is not JSON"}, std::string("\"\xc3(\""));
    fail(1, {"append", store(), "s", "T", "{}", "--metadata", "{"}, {"--metadata is not JSON"});
    fail(1, {"append", store(), "s", "T", "{}", "--metadata", "[1]"}, {"--metadata must be a JSON object"});
    EXPECT_FALSE(std::filesystem::exists(store())) << "bad input must not leave an empty store behind";
}

TEST_F(Append, RefusesWhatIsOverALimit) {
    fail(1, {"append", store(), "", "T"}, {"stream name is empty"});
    fail(1, {"append", store(), "s", ""}, {"type is empty"});
    fail(1, {"append", store(), std::string(513, 'x'), "T"}, {"stream name has 513 bytes", "512"});
    fail(1, {"append", store(), "s", std::string(257, 'x')}, {"type has 257 bytes", "256"});
    fail(1, {"append", store(), "s\x01", "T"}, {"stream name", "control"});
    fail(1, {"append", store(), "s\xff", "T"}, {"stream name", "UTF-8"});
    fail(1, {"append", store(), "s", "T", "{}", "--tag", "a", "--tag", "a"}, {"tag", "repeat"});
    fail(1, {"append", store(), "s", "T", "-", "--content-type", "application/octet-stream"}, {"8388608"},
         std::string((8 << 20) + 1, 'x'));
    EXPECT_FALSE(std::filesystem::exists(store()));
}

TEST_F(Append, RefusesAStoreThatEndsWithTheCommand) {
    fail(1, {"append", "memory:", "s", "T"}, {"'memory:' ends with this command", "give the path of a folder"});
}

TEST_F(Append, AFileAtTheLimitOfItsSizeIsAnError) {
    const std::string binary = varve({}).front();
    Process process({"/bin/sh", "-c",
                     "ulimit -f 200; exec '" + binary + "' append '" + store() + "' s T - --content-type text/plain"});
    process.write(std::string(1 << 20, 'x'));
    EXPECT_EQ(process.wait(), 1);
    EXPECT_NE(process.err().find("File too large"), std::string::npos) << process.err();
}

}  // namespace
}  // namespace command
