#include "cli/command_test.hpp"

namespace command {
namespace {

class Export : public CommandTest {
protected:
    /// An export's lines without what a new store gives anew.
    static std::vector<std::string> comparable(const std::string& text) {
        std::vector<std::string> lines;
        for (const std::string& line : lines_of(text)) {
            const auto event = parsed(line);
            std::string kept;
            for (const auto& [name, value] : event.root().members()) {
                if (name != "created") kept += std::string(name) + "=" + std::string(event.raw(name)) + "\n";
            }
            lines.push_back(kept);
        }
        return lines;
    }
};

TEST_F(Export, IsWhatReadPrintsAsJson) {
    fill();
    const std::string expected = succeed({"read", store(), "--json"});
    EXPECT_EQ(succeed({"export", store()}), expected);
    EXPECT_EQ(succeed({"export", store(), "-"}), expected);
    EXPECT_EQ(succeed({"export", store(), path("all.jsonl")}), "exported 4 events to " + path("all.jsonl") + "\n");
    EXPECT_EQ(read_file(path("all.jsonl")), expected);
    EXPECT_FALSE(std::filesystem::exists(path("all.jsonl.partial")));
}

TEST_F(Export, WritesASelection) {
    fill();
    const auto outcome =
        parsed(succeed({"export", store(), path("some.jsonl"), "--stream", "account-a1", "--limit", "2", "--json"}));
    EXPECT_EQ(number_of(outcome, "events"), 2U);
    EXPECT_EQ(lines_of(read_file(path("some.jsonl"))).size(), 2U);
}

TEST_F(Export, ReplacesAFileOnlyWhenTold) {
    fill();
    write_file(path("dear.jsonl"), "dear");
    fail(1, {"export", store(), path("dear.jsonl")}, {path("dear.jsonl"), "exists already", "--force"});
    EXPECT_EQ(read_file(path("dear.jsonl")), "dear");
    succeed({"export", store(), path("dear.jsonl"), "--force"});
    EXPECT_EQ(lines_of(read_file(path("dear.jsonl"))).size(), 4U);
    fail(1, {"export", store(), path("")}, {"no regular file"});
    fail(1, {"export", store(), path("no/such/folder.jsonl")}, {"no/such/folder.jsonl", "No such file"});
}

TEST_F(Export, ImportAndExportAgainAreTheSame) {
    fill();
    succeed({"append", store(), "odd-1", "Bytes", "-", "--content-type", "image/png"}, std::string("\0\xff\x80", 3));
    succeed({"append", store(), "odd-1", "Text", "words\nand more", "--content-type", "text/plain"});
    succeed({"append", store(), "odd-1", "Nested", " {\n  \"a\": [1.0, 1e3, 18446744073709551615]\n} "});
    succeed({"append", store(), "odd-1", "Lookalike", R"({"base64":"AAAA"})"});
    succeed({"append", store(), "odd-1", "Spelling", R"({"\u0061":"\ud83d\ude00 \"quoted\" \\ / \u0000"})"});
    succeed({"append", store(), "odd-\xc3\xa9", "Null", "null", "--tag", "\xf0\x9f\x98\x80", "--metadata", "{}"});
    const std::string first = succeed({"export", store()});
    succeed({"import", path("second"), "-"}, first);
    const std::string second = succeed({"export", path("second")});
    EXPECT_EQ(comparable(first), comparable(second));
    succeed({"import", path("third"), "-"}, second);
    EXPECT_EQ(comparable(second), comparable(succeed({"export", path("third")})));
    EXPECT_EQ(parsed(lines_of(second)[7]).raw("data"), R"({"base64":"eyJiYXNlNjQiOiJBQUFBIn0="})");
}

TEST_F(Export, NeverTakesThePlaceOfAStoresFiles) {
    fill();
    for (const char* name : {"STORE", "seg-00000000000000000000.log", "index/CURRENT", "new.jsonl"}) {
        fail(1, {"export", store(), store() + "/" + name, "--force"}, {"inside the store", "choose another place"});
    }
    EXPECT_EQ(lines_of(succeed({"read", store()})).size(), 4U);
}

}  // namespace
}  // namespace command
