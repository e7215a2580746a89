#include "cli/command_test.hpp"

namespace command {
namespace {

class Diff : public CommandTest {
protected:
    Diff() {
        succeed({"import", store(), "-"},
                R"({"stream":"cart-1","type":"Opened","data":{"owner":"Ada","lines":[]}})"
                "\n"
                R"({"stream":"cart-1","type":"Changed","data":{"lines":[{"article":"pear","quantity":2}]}})"
                "\n"
                R"({"stream":"cart-1","type":"Changed","data":{"lines":[{"article":"pear","quantity":3}]}})"
                "\n"
                R"({"stream":"cart-1","type":"Scanned","contentType":"image/png","data":{"base64":"AAAA"}})"
                "\n");
    }

    /// The revisions shown.
    std::vector<std::uint64_t> revisions(std::vector<std::string> words) {
        words.insert(words.begin(), {"diff", store(), "cart-1", "--json"});
        std::vector<std::uint64_t> shown;
        for (const std::string& line : lines_of(succeed(words))) shown.push_back(number_of(parsed(line), "revision"));
        return shown;
    }
};

TEST_F(Diff, ShowsWhatEachEventChanged) {
    const std::string text = succeed({"diff", store(), "cart-1"});
    for (const char* part : {"revision 0  Opened", "\n  lines  []\n  owner  \"Ada\"\n",
                             "\n  lines[0].quantity  2 -> 3\n", "revision 3  Scanned", "\n  nothing changed\n"}) {
        EXPECT_NE(text.find(part), std::string::npos) << part << " in\n" << text;
    }
}

TEST_F(Diff, TellsScripts) {
    const auto lines = lines_of(succeed({"diff", store(), "cart-1", "1", "2", "--json"}));
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_NE(lines[0].find(R"("fields":[{"field":"lines[0].quantity","before":2,"after":3}]})"), std::string::npos)
        << lines[0];
}

TEST_F(Diff, BeginsBehindARevisionAndEndsWithAnother) {
    using Revisions = std::vector<std::uint64_t>;
    EXPECT_EQ(revisions({}), (Revisions{0, 1, 2, 3}));
    EXPECT_EQ(revisions({"1"}), (Revisions{2, 3}));
    EXPECT_EQ(revisions({"0", "2"}), (Revisions{1, 2}));
    EXPECT_EQ(revisions({"2", "1"}), Revisions());
}

TEST_F(Diff, BadInput) {
    EXPECT_EQ(succeed({"diff", store(), "nobody"}), "");
    fail(2, {"diff", store(), "cart-1", "one"}, {"'one' is no revision"});
    fail(2, {"diff", store(), "cart-1", "1", "two"}, {"'two' is no revision"});
    fail(1, {"diff", store(), ""}, {"empty"});
    fail(1, {"diff", path("nowhere"), "cart-1"}, {path("nowhere")});
}

}  // namespace
}  // namespace command
