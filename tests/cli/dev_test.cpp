#include "cli/command_test.hpp"

namespace command {
namespace {

/// `./dev`, as far as it can be tried without building.
class Dev : public CommandTest {
protected:
    /// Expects that these words are refused with these parts before any command is run.
    static void refuse(std::vector<std::string> words, const std::vector<std::string>& parts) {
        words.insert(words.begin(), VARVE_DEV);
        Process process(words);
        EXPECT_EQ(process.wait(), 2) << testing::PrintToString(words) << process.err();
        for (const std::string& line : lines_of(process.err())) EXPECT_FALSE(line.starts_with("+ ")) << line;
        for (const std::string& part : parts)
            EXPECT_NE(process.err().find(part), std::string::npos) << part << " in\n" << process.err();
    }
};

TEST_F(Dev, RefusesUnknownWordsBeforeItBuilds) {
    refuse({"run", "--onec"}, {"dev: run: '--onec' is unknown; it is used so:", "  run [--once] [--data DIR]"});
    refuse({"run", "--once", "more"}, {"'more' is unknown"});
    refuse({"run", "--data"}, {"--data needs a value"});
    refuse({"test", "--bogus"}, {"'--bogus' is unknown", "  test [preset] [ctest]"});
    refuse({"test", "debug"}, {"no tests in preset 'debug'"});
    refuse({"test", "dev", "--output-on-failure", "-j4", "-R"}, {"-R needs a value"});
    refuse({"build", "debug"}, {"no preset 'debug'", "  build [preset]"});
    refuse({"fmt", "src"}, {"'src' is one word too many"});
    refuse({"lint", "src/nothing"}, {"no 'src/nothing'"});
    refuse({"bench", "--quik"}, {"'--quik' is unknown", "  bench [--quick]"});
    refuse({"fuzz", "5", "nothing"}, {"no fuzz/nothing.cpp"});
    refuse({"docs", "1"}, {"'1' is one word too many"});
    refuse({"all", "tests"}, {"'tests' is one word too many"});
    refuse({"fly"}, {"no verb 'fly'", "  run [--once] [--data DIR]"});
}

TEST_F(Dev, EveryVerbHasHelp) {
    for (const char* verb : {"run", "test", "build", "fmt", "lint", "fuzz", "docs", "all"}) {
        Process process({VARVE_DEV, verb, "--help"});
        EXPECT_EQ(process.wait(), 0) << process.err();
        EXPECT_TRUE(process.out().starts_with("  " + std::string(verb) + " ")) << process.out();
        EXPECT_EQ(process.err(), "") << "nothing is run";
    }
}

}  // namespace
}  // namespace command
