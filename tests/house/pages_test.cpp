#include "house/pages.hpp"

#include <gtest/gtest.h>

namespace house {
namespace {

Tree small_tree() {
    return {{{"README.md", "# Varve\n"}, {"docs/start.md", "# Start\n\n## First steps, quickly\n"}},
            {"README.md", "docs", "docs/start.md"}};
}

Findings links(const std::string& path, const std::string& text) {
    return check_links({path, text}, small_tree());
}

TEST(Links, LeadToFilesFoldersAndHeadings) {
    EXPECT_TRUE(links("README.md", "[a](docs/start.md) [b](docs/) [c](docs/start.md#first-steps-quickly)\n").empty());
    EXPECT_TRUE(links("docs/start.md", "[up](../README.md) [web](https://example.org) [here](#start)\n").empty());
}

TEST(Links, DeadOnesAreNamedWithTheirLine) {
    const Findings findings = links("README.md", "fine\n[a](docs/gone.md)\n");
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings[0].line, 2U);
    EXPECT_EQ(links("README.md", "[a](docs/start.md#nowhere)\n").size(), 1U);
    EXPECT_EQ(links("README.md", "[a](/docs/start.md)\n").size(), 1U);
}

TEST(Links, CodeIsNoProse) {
    EXPECT_TRUE(links("README.md", "```cpp\nauto f = [](int) {};\na[1](gone)\n```\n").empty());
}

TEST(Mentions, PagesNamedInCodeExist) {
    EXPECT_TRUE(check_mentions({"src/a.hpp", "// see docs/start.md.\n"}, small_tree()).empty());
    EXPECT_EQ(check_mentions({"src/a.hpp", "// see docs/gone.md.\n"}, small_tree()).size(), 1U);
}

TEST(Readme, NamesBothCommands) {
    EXPECT_EQ(check_readme(small_tree()).size(), 2U);
    EXPECT_EQ(check_readme({}).size(), 1U);
    EXPECT_TRUE(check_readme({{{"README.md", "./dev run\n./dev test\n"}}, {"README.md"}}).empty());
}

TEST(Readme, ShowsTheVeryProgram) {
    const File readme{"README.md", "```cpp\nint a;\n```\nprints\n```text\n1\n```\n"};
    EXPECT_TRUE(check_readme_program(readme, {"main.cpp", "int a;\n"}, {"output.txt", "1\n"}).empty());
    EXPECT_EQ(check_readme_program(readme, {"main.cpp", "int b;\n"}, {"output.txt", "1\n"}).size(), 1U);
    EXPECT_EQ(check_readme_program({"README.md", ""}, {"main.cpp", ""}, {"output.txt", ""}).size(), 2U);
}

TEST(Blocks, AreTakenByLanguage) {
    const auto blocks = blocks_of("```cpp\na\nb\n```\ntext\n```text\nc\n```\n```cpp\nd\n```\n", "cpp");
    ASSERT_EQ(blocks.size(), 2U);
    EXPECT_EQ(blocks[0], "a\nb\n");
    EXPECT_EQ(blocks[1], "d\n");
}

TEST(Anchors, AreWhatGitHubMakes) {
    EXPECT_EQ(anchor_of(" When `not` to use it?"), "when-not-to-use-it");
}

TEST(Pages, ShowWhatIsCompiled) {
    const Tree tree{{{"examples/a/x.cpp", "int a;\nint b;\n"}}, {}};
    const File page{"docs/a.md", "```cpp\nint b;\n```\n```text\n1\n```\n"}, output{"play.txt", "1\n"};
    EXPECT_TRUE(check_shown_program(page, "examples/a/", output, tree).empty());
    EXPECT_EQ(check_shown_program(page, "examples/b/", output, tree).size(), 1U);
    EXPECT_EQ(check_shown_program({"docs/a.md", "```cpp\nint c;\n```\n"}, "examples/a/", output, tree).size(), 2U);
}

}  // namespace
}  // namespace house
