#include "cli/command_test.hpp"
#include "varve/version.hpp"

namespace command {
namespace {

class Usage : public CommandTest {};

const std::vector<std::string> commands = {"append",  "read",   "tail",    "streams",     "info",    "verify", "import",
                                           "export",  "backup", "restore", "fork",        "compact", "stats",  "diff",
                                           "explain", "doctor", "forget",  "projections", "serve"};

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

TEST_F(Usage, UnknownOptionsAreNamedWithTheNextStep) {
    for (const std::string& command : commands) {
        std::vector<std::string> words = {command, store(), "--bogus"};
        if (command == "import") words.insert(words.begin() + 2, "-");
        fail(2, words, {"no option '--bogus'; see 'varve " + command + " --help'"});
    }
    fail(2, {"--bogus"}, {"no option '--bogus'; see 'varve --help'"});
    fail(2, {"--bogus", "read", store()}, {"no option '--bogus'; see 'varve "});
    fail(2, {},
         {"which command?",
          "append, read, tail, streams, info, keep, delete, tombstone, forget, keys, projections, verify, import, "
          "export, "
          "backup, restore, fork, "
          "compact, stats, diff, explain, doctor, serve",
          "'varve --help'"});
    EXPECT_FALSE(std::filesystem::exists(store()));
}

TEST_F(Usage, AnUnknownCommandIsToldTheCommands) {
    const std::string all =
        "the commands are append, read, tail, streams, info, keep, delete, tombstone, forget, keys, projections, "
        "verify, "
        "import, export, backup, "
        "restore, fork, compact, stats, diff, "
        "explain, doctor, serve; see 'varve --help'";
    fail(2, {"frobnicate"}, {"no command 'frobnicate'; " + all});
    fail(2, {"raed", store(), "--limit", "3"}, {"no command 'raed'; did you mean 'read'? " + all});
}

TEST_F(Usage, ASlipOfTheFingerIsGuessed) {
    fail(2, {"read", store(), "--steam", "a"},
         {"no option '--steam'; did you mean '--stream'? see 'varve read --help'"});
    fail(2, {"read", "--steam=a", store()}, {"no option '--steam'; did you mean '--stream'?"});
    fail(2, {"append", store(), "s", "T", "{}", "--expct", "0"}, {"did you mean '--expect'?"});
    fail(2, {"verify", "--jsn"}, {"no option '--jsn'; did you mean '--json'?"});
}

TEST_F(Usage, EveryWordIsAccountedFor) {
    fail(2, {"info", store(), "one", "two"}, {"one word too many: 'one'; see 'varve info --help'"});
    fail(2, {"append", store(), "s", "T", "-x"}, {"no option '-x'", "a value that begins with - goes behind --"});
    succeed({"append", store(), "s", "T", "--content-type", "text/plain", "--", "-x"});
    succeed({"append", store(), "s", "T", "-5"});
    EXPECT_EQ(lines_of(succeed({"read", store()})).size(), 2U);
    fail(2, {"read", store(), "--json=much"}, {"'--json' takes no value"});
    fail(2, {"read", store(), "--limit"}, {"option '--limit' needs a value: --limit N"});
    fail(2, {"read", store(), "--limit", "1", "--limit", "2"}, {"option '--limit' stands there twice"});
}

TEST_F(Usage, NumbersOutOfRangeAreToldTheRange) {
    const std::string huge = "99999999999999999999";
    const std::string range = "is not a whole number from 0 to 18446744073709551615; see 'varve read --help'";
    for (const char* option : {"--from", "--until", "--limit"}) {
        fail(2, {"read", store(), option, huge}, {std::string(option) + ": '" + huge + "' " + range});
        fail(2, {"read", store(), option, "-1"}, {std::string(option) + ": '-1' " + range});
        fail(2, {"read", store(), option, "1.5"}, {std::string(option) + ": '1.5' " + range});
    }
    fail(2, {"read", store(), "-s", "s", "--from-revision", huge}, {"--from-revision: '" + huge + "' " + range});
    fail(2, {"append", store(), "s", "T", "{}", "--expect", huge},
         {"--expect: '" + huge + "'", "18446744073709551615"});
    for (const char* batch : {"0", "65537", "99999999999999999999"}) {
        fail(2, {"import", store(), "-", "--batch", batch},
             {"--batch: '" + std::string(batch) + "' is not a whole number from 1 to 65536"});
    }
    EXPECT_FALSE(std::filesystem::exists(store()));
}

TEST_F(Usage, TheLargestNumbersAreNoTrouble) {
    fill();
    const std::string largest = "18446744073709551615";
    EXPECT_EQ(succeed({"read", store(), "--from", largest}), "");
    EXPECT_EQ(lines_of(succeed({"read", store(), "--from", largest, "--backward"})).size(), 4U);
    EXPECT_EQ(lines_of(succeed({"read", store(), "--until", largest, "--limit", largest})).size(), 4U);
    EXPECT_EQ(lines_of(succeed({"export", store(), "--until", largest})).size(), 4U);
    EXPECT_EQ(succeed({"read", store(), "-s", "account-a1", "--from-revision", largest}), "");
    EXPECT_EQ(lines_of(succeed({"read", store(), "-s", "account-a1", "--until-revision", largest})).size(), 3U);
    fail(1, {"append", store(), "account-a1", "T", "{}", "--expect", largest}, {"revision 2"});
}

TEST_F(Usage, WrongUseIsNamed) {
    for (const std::string& command : commands) {
        const std::string missing = command == "restore"       ? "BACKUP is missing (The backup: the path of its folder"
                                    : command == "projections" ? "FILE is missing (The SQLite file of a projection"
                                                               : "STORE is missing (The store: the path of its folder";
        fail(2, {command}, {missing, "see 'varve " + command + " --help'"});
    }
    fail(2, {"import", store()}, {"FILE is missing (The file of JSON Lines"});
    fail(2, {"append", store()}, {"STREAM is missing"});
    fail(2, {"append", store(), "s"}, {"TYPE is missing"});
    fail(2, {"append", store(), "s", "T", "{}", "--lines"}, {"DATA"});
    fail(2, {"append", store(), "--lines", "--expect", "0"}, {"STREAM"});
    fail(2, {"append", store(), "--lines", "--tag", "x"}, {"'--tag' cannot stand beside '--lines'"});
    fail(2, {"append", store(), "s", "T", "{}", "--expect", "soon"}, {"--expect", "soon"});
    fail(2, {"append", store(), "s", "T", "{}", "--id", "7"}, {"--id", "UUID"});
    fail(2, {"read", store(), "--limit", "many"}, {"--limit", "'many'"});
    fail(2, {"read", store(), "--from", "-1"}, {"--from"});
    fail(2, {"read", store(), "--as-of", "yesterday"}, {"--as-of", "'yesterday'"});
    fail(2, {"read", store(), "--from-revision", "1"}, {"'--from-revision' needs '--stream'"});
    fail(2, {"read", store(), "--stream", "a", "--category", "b"},
         {"cannot stand beside", "'--stream'", "'--category'"});
    fail(2, {"import", store(), "-", "--batch", "0"}, {"--batch"});
    fail(2, {"import", store(), "-", "--durability", "none"}, {"--durability"});
    const Outcome outcome = run({"read", store(), "--limit", "many", "--json"});
    EXPECT_EQ(outcome.exit, 2);
    EXPECT_EQ(parsed(outcome.err).root().find("error")->find("code")->as_string(), "invalid_argument");
}

TEST_F(Usage, HelpIsAlsoAWord) {
    EXPECT_EQ(succeed({"help"}), succeed({"--help"}));
    EXPECT_EQ(succeed({"help", "read"}), succeed({"read", "--help"}));
}

}  // namespace
}  // namespace command
