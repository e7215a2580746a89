/// Plays pages of docs/: every command of one is run, in order, in one folder, and what it prints is compared.
#include <algorithm>
#include <fstream>
#include <regex>

#include "cli/command_test.hpp"

namespace command {
namespace {

/// A command of the page and what the page says it prints. A line `...` stands for any lines.
struct Step {
    std::string command;
    std::vector<std::string> expected;
};

std::vector<Step> steps_of(const std::string& page) {
    std::vector<Step> steps;
    bool inside = false;
    for (const std::string& line : lines_of(page)) {
        if (line.starts_with("```")) {
            inside = line == "```console";
        } else if (inside && line.starts_with("$ ")) {
            steps.push_back({line.substr(2), {}});
        } else if (inside && !line.empty()) {
            steps.back().expected.push_back(line);
        }
    }
    return steps;
}

/// What differs from run to run is made the same: ids, hashes, times, bytes of them.
std::string plain(const std::string& line) {
    static const std::vector<std::pair<std::regex, std::string>> changing = {
        {std::regex("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UUID"},
        {std::regex("[0-9a-f]{32}"), "HASH"},
        {std::regex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"), "TIME"},
        {std::regex("-[0-9a-f]{16}\\.log"), "-X.log"},
        {std::regex("^( +[0-9]+  )([0-9a-f]{2} ?)+(\\.\\.\\.)? +"), "$1HEX  "},
        {std::regex("  (checksum|header checksum|length again|end magic|salt) .*"), "  $1"},
        {std::regex("'/[^']*/\\./"), "'./"},
        {std::regex(" +$"), ""},
    };
    std::string text = line;
    for (const auto& [pattern, name] : changing) text = std::regex_replace(text, pattern, name);
    return text;
}

bool fits(const std::vector<std::string>& printed, const std::vector<std::string>& expected, std::size_t p = 0,
          std::size_t e = 0) {
    if (e == expected.size()) return p == printed.size();
    if (expected[e] == "...") {
        for (std::size_t next = p; next <= printed.size(); ++next)
            if (fits(printed, expected, next, e + 1)) return true;
        return false;
    }
    return p < printed.size() && plain(printed[p]) == plain(expected[e]) && fits(printed, expected, p + 1, e + 1);
}

class Page : public CommandTest, public testing::WithParamInterface<const char*> {};

INSTANTIATE_TEST_SUITE_P(docs, Page, testing::Values("operations", "retention"),
                         [](const auto& tested) { return std::string(tested.param); });

TEST_P(Page, DoesWhatItSays) {
    const std::vector<Step> steps = steps_of(read_file(VARVE_SOURCE_ROOT "/docs/" + std::string(GetParam()) + ".md"));
    ASSERT_GT(steps.size(), 12U);
    const std::filesystem::path binary = VARVE_BINARY;
    const std::string prelude =
        "cd '" + path(".") + "' && exec 2>&1 && export PATH='" + binary.parent_path().string() + "':\"$PATH\" && ";
    for (const Step& step : steps) {
        Process shell({"/bin/sh", "-c", prelude + step.command});
        static_cast<void>(shell.wait());
        std::vector<std::string> printed = lines_of(shell.out());
        std::erase_if(printed, [](const std::string& line) { return line.empty(); });
        EXPECT_TRUE(fits(printed, step.expected)) << "$ " << step.command << "\n" << shell.out();
    }
}

TEST(PageText, TellsWhatChangesFromWhatMustNot) {
    EXPECT_TRUE(fits({"a", "b", "c"}, {"a", "...", "c"}));
    EXPECT_TRUE(fits({"a"}, {"a", "..."}));
    EXPECT_FALSE(fits({"a", "b"}, {"a"}));
    EXPECT_FALSE(fits({"a"}, {"a", "b"}));
    EXPECT_FALSE(fits({"3 events"}, {"4 events"}));
    EXPECT_TRUE(fits({"digest 3:b8d84d531ceab43b4846dc305254066c"}, {"digest 3:00000000000000000000000000000000"}));
    EXPECT_FALSE(fits({"digest 3:b8d84d531ceab43b4846dc305254066c"}, {"digest 4:b8d84d531ceab43b4846dc305254066c"}));
    EXPECT_FALSE(fits({"4241  32  revision  0"}, {"4241  32  revision  1"}));
}

}  // namespace
}  // namespace command
