#include "cli/command_test.hpp"

namespace command {
namespace {

class Compact : public CommandTest {
protected:
    void keep_last(const std::string& stream, int events) {
        succeed({"append", store(), "$$" + stream, "$metadata", R"({"$maxCount":)" + std::to_string(events) + "}"});
    }
};

TEST_F(Compact, RemovesWhatIsRemovedAndNothingElse) {
    fill();
    keep_last("account-a1", 1);
    const std::string shown = succeed({"read", store(), "--stream", "account-a1", "--json"});
    const std::string digest = text_of(parsed(succeed({"verify", store(), "--json"})), "digest");
    const std::string bytes = succeed({"read", store()});

    EXPECT_TRUE(succeed({"compact", store(), "--dry-run"}).starts_with("would remove 2 events from 1 of 1 segment: "));
    EXPECT_EQ(succeed({"read", store()}), bytes);
    EXPECT_TRUE(succeed({"compact", store()}).starts_with("removed 2 events from 1 of 1 segment: "));
    EXPECT_EQ(succeed({"read", store(), "--stream", "account-a1", "--json"}), shown);
    EXPECT_LT(succeed({"read", store()}).size(), bytes.size());
    EXPECT_EQ(succeed({"compact", store()}), "nothing to do in 2 segments\n");

    const auto verified = parsed(succeed({"verify", store(), "--json", "--expect", digest}));
    EXPECT_EQ(text_of(verified, "digest"), digest);
    EXPECT_EQ(number_of(verified, "removed"), 2U);
    const std::string words = succeed({"verify", store()});
    EXPECT_NE(words.find("2 events of them removed by compactions"), std::string::npos) << words;
    const auto report = parsed(succeed({"compact", store(), "--json"}));
    EXPECT_EQ(number_of(report, "events"), 0U);
    EXPECT_EQ(number_of(report, "bytesBefore"), number_of(report, "bytesAfter"));
}

TEST_F(Compact, CompressesAndDecompressesAndChangesNothingElse) {
    std::string lines;
    for (int i = 0; i < 20'000; ++i) {
        lines += R"({"stream":"account-)" + std::to_string(i % 100) + R"(","type":"Deposited","data":{"cents":)" +
                 std::to_string(i * 7 % 1000) + "}}\n";
    }
    write_file(path("lines.jsonl"), lines);
    succeed({"import", store(), path("lines.jsonl")});
    const std::string digest = text_of(parsed(succeed({"info", store(), "--json"})), "digest");
    const auto packed = parsed(succeed({"compact", store(), "--compress", "--json"}));
    EXPECT_EQ(number_of(packed, "rewritten"), 1U);
    EXPECT_LT(2 * number_of(packed, "bytesAfter"), number_of(packed, "bytesBefore"));
    EXPECT_NE(succeed({"info", store()}).find(" in 2 segments, 1 compressed\n"), std::string::npos);
    EXPECT_EQ(number_of(parsed(succeed({"info", store(), "--json"})), "compressedSegments"), 1U);
    EXPECT_NE(succeed({"stats", store(), "--segments"}).find("  compressed\n"), std::string::npos);
    EXPECT_EQ(succeed({"compact", store(), "--compress"}), "nothing to do in 2 segments\n");
    EXPECT_EQ(succeed({"compact", store()}), "nothing to do in 2 segments\n");
    EXPECT_NE(succeed({"read", store(), "-s", "account-42", "--from", "199"}).find("Deposited"), std::string::npos);
    EXPECT_NE(succeed({"explain", store(), "12345"}).find("zstd frame"), std::string::npos);
    EXPECT_TRUE(succeed({"compact", store(), "--decompress"}).starts_with("rewrote 1 of 2 segments: "));
    succeed({"verify", store(), "--expect", digest});
    fail(2, {"compact", store(), "--compress", "--decompress"}, {"--compress", "--decompress"});
    fail(2, {"compact", store(), "--compress", "--dry-run"}, {"--compress", "--dry-run"});
}

TEST_F(Compact, StopsWhenItIsToldTo) {
    std::string lines;
    for (int i = 0; i < 60'000; ++i)
        lines += R"({"stream":"account-)" + std::to_string(i % 100) +
                 R"(","type":"Deposited","data":{"cents":1}})"
                 "\n";
    write_file(path("lines.jsonl"), lines);
    succeed({"import", store(), path("lines.jsonl")});
    Process compaction(varve({"compact", store(), "--compress", "--no-progress"}));
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!std::filesystem::exists(store() + "/rewrite.tmp") && std::chrono::steady_clock::now() < deadline) continue;
    compaction.signal(SIGINT);
    EXPECT_EQ(compaction.wait(), 1);
    EXPECT_NE(compaction.err().find("the compaction was stopped"), std::string::npos) << compaction.err();
    EXPECT_FALSE(std::filesystem::exists(store() + "/rewrite.tmp"));
    EXPECT_TRUE(succeed({"compact", store(), "--compress"}).starts_with("rewrote 1 of "));
}

TEST_F(Compact, WantsTheStoreForItself) {
    fill();
    fail(1, {"compact", path("nowhere")}, {"nowhere"});
    fail(2, {"compact"}, {"STORE"});
    Process writer(varve({"import", store(), "-", "--batch", "1"}));
    writer.write("{\"stream\":\"w\",\"type\":\"T\",\"data\":1}\n{\"stream\":\"w\",\"type\":\"T\",\"data\":2}\n");
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (succeed({"read", store(), "-s", "w"}).empty() && std::chrono::steady_clock::now() < deadline) continue;
    fail(1, {"compact", store()}, {store(), "is held by pid " + std::to_string(writer.id())});
    EXPECT_TRUE(succeed({"compact", store(), "--dry-run"}).starts_with("nothing to do in "));
}

}  // namespace
}  // namespace command
