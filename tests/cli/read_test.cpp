#include "cli/command_test.hpp"

namespace command {
namespace {

class Read : public CommandTest {};

/// The positions of the events that a command prints as JSON.
std::vector<std::uint64_t> positions_of(const std::string& text) {
    std::vector<std::uint64_t> positions;
    for (const std::string& line : lines_of(text)) positions.push_back(number_of(parsed(line), "position"));
    return positions;
}

using Positions = std::vector<std::uint64_t>;

TEST_F(Read, OneAlignedLineAnEvent) {
    fill();
    const auto lines = lines_of(succeed({"read", store()}));
    ASSERT_EQ(lines.size(), 4U);
    const std::string time = "2026-11-23T07:51:09.000123Z";
    const std::size_t place = 1 + 2 + time.size() + 2;
    EXPECT_TRUE(lines[0].starts_with("0  20")) << lines[0];
    EXPECT_EQ(lines[0].substr(place), R"(account-a1@0  Opened     {"owner":"Ada"})");
    EXPECT_EQ(lines[2].substr(place), R"(order-7@0     Placed     {"lines":[1,2]})");
    EXPECT_EQ(lines[3].substr(place), R"(account-a1@2  Withdrawn  {"cents":20})");
}

TEST_F(Read, FullShowsEverything) {
    fill();
    const std::string text = succeed({"read", store(), "--full", "--from", "1", "--limit", "1"});
    for (const char* part : {"position  1\n", "stream    account-a1@1\n", "type      Deposited\n", "time      20",
                             "id        ", "content   application/json\n", "tags      account:a1, big\n",
                             "metadata  {\"by\":\"teller 7\"}\n", "data      {\"cents\":500}\n"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
    }
}

TEST_F(Read, JsonHasTheDocumentedShape) {
    fill();
    const auto lines = lines_of(succeed({"read", store(), "--json"}));
    ASSERT_EQ(lines.size(), 4U);
    const auto event = parsed(lines[1]);
    std::vector<std::string> names;
    for (const auto& [name, value] : event.root().members()) names.emplace_back(name);
    EXPECT_EQ(names, (std::vector<std::string>{"position", "revision", "id", "created", "stream", "type", "contentType",
                                               "data", "metadata", "tags"}));
    EXPECT_EQ(number_of(event, "position"), 1U);
    EXPECT_EQ(number_of(event, "revision"), 1U);
    EXPECT_TRUE(::varve::EventId::parse(text_of(event, "id")));
    EXPECT_TRUE(::varve::parse_timestamp(text_of(event, "created")));
    EXPECT_EQ(event.raw("data"), R"({"cents":500})");
    EXPECT_EQ(event.raw("metadata"), R"({"by":"teller 7"})");
    EXPECT_EQ(event.raw("tags"), R"(["account:a1","big"])");
    EXPECT_EQ(parsed(lines[0]).raw("metadata"), "null");
    EXPECT_EQ(parsed(lines[0]).raw("tags"), "[]");
}

TEST_F(Read, SelectsWhatIsAskedFor) {
    fill();
    const auto read = [&](std::vector<std::string> words) {
        words.insert(words.begin(), {"read", store(), "--json"});
        return positions_of(succeed(words));
    };
    EXPECT_EQ(read({}), (Positions{0, 1, 2, 3}));
    EXPECT_EQ(read({"--stream", "account-a1"}), (Positions{0, 1, 3}));
    EXPECT_EQ(read({"--category", "order"}), (Positions{2}));
    EXPECT_EQ(read({"--stream", "nobody"}), (Positions{}));
    EXPECT_EQ(read({"--type", "Placed"}), (Positions{2}));
    EXPECT_EQ(read({"--type", "Placed", "--type", "Deposited"}), (Positions{1, 2}));
    EXPECT_EQ(read({"--tag", "account:a1"}), (Positions{1}));
    EXPECT_EQ(read({"--tag", "account:a1", "-t", "big", "--type", "Deposited"}), (Positions{1}));
    EXPECT_EQ(read({"--tag", "account:a1", "--type", "Placed"}), (Positions{}));
    EXPECT_EQ(read({"--query", R"([{"types":["Placed"]},{"tags":["big"]}])", "--backward"}), (Positions{2, 1}));
    EXPECT_EQ(read({"--backward", "-n", "2"}), (Positions{3, 2}));
    EXPECT_EQ(read({"--from", "1", "--until", "2"}), (Positions{1, 2}));
    EXPECT_EQ(read({"-s", "account-a1", "--from-revision", "1", "--until-revision", "1"}), (Positions{1}));
    EXPECT_EQ(read({"--as-of", "2001-01-01"}), (Positions{}));
    EXPECT_EQ(read({"--as-of", "2101-01-01T00:00:00Z"}), (Positions{0, 1, 2, 3}));
    const std::string time = text_of(parsed(lines_of(succeed({"read", store(), "--json"}))[1]), "created");
    EXPECT_EQ(read({"--as-of", time}), (Positions{0, 1})) << "a printed time means the event it was printed with";
}

TEST_F(Read, DisarmsWhatATerminalWouldObey) {
    succeed({"append", store(), "s", "T", "\x1b[2Jgone", "--content-type", "text/plain"});
    const std::string text = succeed({"read", store()});
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_NE(text.find("\\x1b[2Jgone"), std::string::npos);
}

TEST_F(Read, ShowsBytesAsAnAmount) {
    succeed({"append", store(), "s", "T", "-", "--content-type", "image/png"}, std::string("\x89PNG\0\xff", 6));
    EXPECT_NE(succeed({"read", store()}).find("<6 bytes of image/png>"), std::string::npos);
    EXPECT_EQ(parsed(succeed({"read", store(), "--json"})).raw("data"), R"({"base64":"iVBORwD/"})");
}

TEST_F(Read, AReaderThatGoesAwayIsNoError) {
    std::string lines;
    for (int i = 0; i < 20000; ++i)
        lines += R"({"stream":"s","type":"T","data":{"filler":"................................"}})"
                 "\n";
    write_file(path("many.jsonl"), lines);
    succeed({"import", store(), path("many.jsonl"), "--durability", "buffered", "--batch", "10000"});
    Process process(varve({"read", store(), "--json"}));
    ASSERT_TRUE(process.line());
    process.close_output();
    EXPECT_EQ(process.wait(), 0);
    EXPECT_EQ(process.err(), "");
}

TEST_F(Read, AFullDiskBehindStandardOutputIsAnError) {
    fill();
    if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "this machine has no /dev/full";
    Process process({"/bin/sh", "-c", "exec \"$0\" read \"$1\" > /dev/full", VARVE_BINARY, store()});
    EXPECT_EQ(process.wait(), 1);
    EXPECT_NE(process.err().find("cannot write to standard output: No space left"), std::string::npos) << process.err();
}

TEST_F(Read, ChangesNothingAndCreatesNothing) {
    for (const char* command : {"read", "tail", "streams", "info", "export"}) {
        fail(1, {command, path("nowhere")}, {path("nowhere")});
        EXPECT_FALSE(std::filesystem::exists(path("nowhere"))) << command;
    }
}

TEST_F(Read, LooksBesideARunningWriter) {
    fill();
    Process writer(varve({"import", store(), "-", "--batch", "1"}));
    writer.write("{\"stream\":\"w\",\"type\":\"T\",\"data\":1}\n{\"stream\":\"w\",\"type\":\"T\",\"data\":2}\n");
    const auto deadline = std::chrono::steady_clock::now() + patience;
    std::size_t seen = 0;
    while (seen < 5 && std::chrono::steady_clock::now() < deadline)
        seen = lines_of(succeed({"read", store(), "--json"})).size();
    EXPECT_GE(seen, 5U) << "the writer still runs, and its first commit is readable";
    EXPECT_EQ(writer.wait(), 0) << writer.err();
    EXPECT_EQ(lines_of(succeed({"read", store(), "--json"})).size(), 6U);
}

}  // namespace
}  // namespace command
