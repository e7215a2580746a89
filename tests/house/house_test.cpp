// The rules, held against this very tree.
#include <gtest/gtest.h>

#include "house/floors.hpp"
#include "house/pages.hpp"
#include "house/tree.hpp"
#include "house/words.hpp"

namespace house {
namespace {

const Tree& tree() {
    static const Tree whole = read_tree(VARVE_SOURCE_ROOT);
    return whole;
}

template <class Rule>
std::string breaches(Rule rule) {
    Findings all;
    for (const File& file : tree().files) {
        for (Finding& finding : rule(file)) all.push_back(std::move(finding));
    }
    return to_string(all);
}

TEST(House, TheTreeWasRead) {
    EXPECT_TRUE(tree().has("include/varve/store.hpp"));
    EXPECT_TRUE(tree().has("src/base"));
    ASSERT_NE(tree().find("src/base/result.cpp"), nullptr);
    EXPECT_FALSE(tree().find("src/base/result.cpp")->text.empty());
    EXPECT_FALSE(tree().has("build"));
}

TEST(House, RoomsIncludeOnlyTheirOwnFloorOrBelow) {
    EXPECT_EQ(breaches([](const File& file) { return check_floors(file); }), "");
}

TEST(House, IncludesStartAtARoot) {
    EXPECT_EQ(breaches([](const File& file) { return check_includes_resolve(file, tree()); }), "");
}

TEST(House, HeavyHeadersStayInCppFiles) {
    EXPECT_EQ(breaches([](const File& file) { return check_heavy_headers(file); }), "");
}

TEST(House, FilesAreShort) {
    EXPECT_EQ(breaches([](const File& file) { return check_length(file); }), "");
}

TEST(House, NothingIsLeftOver) {
    EXPECT_EQ(breaches([](const File& file) { return check_leftovers(file); }), "");
}

TEST(House, HeadersBeginWell) {
    EXPECT_EQ(breaches([](const File& file) { return check_header_start(file); }), "");
}

TEST(House, EveryTestStandsBesideItsSubject) {
    EXPECT_EQ(breaches([](const File& file) { return check_test_has_subject(file, tree()); }), "");
}

TEST(House, LinksLeadSomewhere) {
    EXPECT_EQ(breaches([](const File& file) { return check_links(file, tree()); }), "");
}

TEST(House, PagesNamedInCodeAreThere) {
    EXPECT_EQ(breaches([](const File& file) { return check_mentions(file, tree()); }), "");
}

TEST(House, TheReadmeShowsTheProgramThatIsCompiled) {
    const File* readme = tree().find("README.md");
    const File* program = tree().find("examples/readme/main.cpp");
    const File* output = tree().find("examples/readme/output.txt");
    ASSERT_TRUE(readme != nullptr && program != nullptr && output != nullptr);
    EXPECT_EQ(to_string(check_readme_program(*readme, *program, *output)), "");
}

TEST(House, TheGuideShowsTheProgramThatIsCompiled) {
    const File* guide = tree().find("docs/guide.md");
    const File* output = tree().find("tests/examples/guide/play.txt");
    ASSERT_TRUE(guide != nullptr && output != nullptr);
    EXPECT_EQ(to_string(check_shown_program(*guide, "examples/guide/", *output, tree())), "");
}

TEST(House, TheReadmeShowsTheTwoCommands) {
    EXPECT_EQ(to_string(check_readme(tree())), "");
}

}  // namespace
}  // namespace house
