#include "cli/command_test.hpp"
#include "varve/version.hpp"

namespace command {
namespace {

class Usage : public CommandTest {};

const std::vector<std::string> commands = {"append", "read", "tail", "streams", "info", "verify", "import", "export"};

TEST_F(Usage, TellsItsVersion) {
    EXPECT_EQ(succeed({"--version"}), "varve " VARVE_VERSION "\n");
}

TEST_F(Usage, HelpTeachesEveryCommand) {
    const std::string overview = succeed({"--help"});
    for (const std::string& command : commands) {
        EXPECT_NE(overview.find("\n  " + command + " "), std::string::npos) << overview;
        const std::string help = succeed({command, "--help"});
        EXPECT_NE(help.find("Usage: varve " + command), std::string::npos) << help;
        EXPECT_NE(help.find("Examples:\n  varve " + command + " "), std::string::npos) << help;
        EXPECT_NE(help.find("Exit codes:\n  0  "), std::string::npos) << help;
        for (const std::string& line : lines_of(help)) EXPECT_LE(line.size(), 118U) << command << ": " << line;
    }
}

TEST_F(Usage, UnknownFlagsAreNamedWithTheNextStep) {
    for (const std::string& command : commands) {
        std::vector<std::string> words = {command, store(), "--bogus"};
        if (command == "import") words.insert(words.begin() + 2, "-");
        fail(2, words, {"--bogus", "run 'varve " + command + " --help'"});
    }
    fail(2, {"--bogus"}, {"--bogus", "run 'varve --help'"});
    fail(2, {"frobnicate"}, {"run 'varve --help'"});
    fail(2, {}, {"command", "run 'varve --help'"});
    EXPECT_FALSE(std::filesystem::exists(store()));
}

TEST_F(Usage, WrongUseIsNamed) {
    fail(2, {"read"}, {"STORE"});
    fail(2, {"append", store()}, {"STREAM"});
    fail(2, {"append", store(), "s"}, {"TYPE"});
    fail(2, {"append", store(), "s", "T", "{}", "--lines"}, {"DATA"});
    fail(2, {"append", store(), "--lines", "--expect", "0"}, {"STREAM"});
    fail(2, {"append", store(), "--lines", "--tag", "x"}, {"--lines", "--tag"});
    fail(2, {"append", store(), "s", "T", "{}", "--expect", "soon"}, {"--expect", "soon"});
    fail(2, {"append", store(), "s", "T", "{}", "--id", "7"}, {"--id", "UUID"});
    fail(2, {"read", store(), "--limit", "many"}, {"--limit", "'many'"});
    fail(2, {"read", store(), "--from", "-1"}, {"--from"});
    fail(2, {"read", store(), "--as-of", "yesterday"}, {"--as-of", "'yesterday'"});
    fail(2, {"read", store(), "--from-revision", "1"}, {"--from-revision", "--stream"});
    fail(2, {"read", store(), "--stream", "a", "--category", "b"}, {"--stream", "--category"});
    fail(2, {"import", store(), "-", "--batch", "0"}, {"--batch"});
    fail(2, {"import", store(), "-", "--durability", "none"}, {"--durability"});
    const Outcome outcome = run({"read", store(), "--limit", "many", "--json"});
    EXPECT_EQ(outcome.exit, 2);
    EXPECT_EQ(parsed(outcome.err).root().find("error")->find("code")->as_string(), "invalid_argument");
}

}  // namespace
}  // namespace command
