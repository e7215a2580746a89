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
    EXPECT_EQ(succeed({"compact", store()}), "nothing to remove in 2 segments\n");

    const auto verified = parsed(succeed({"verify", store(), "--json", "--expect", digest}));
    EXPECT_EQ(text_of(verified, "digest"), digest);
    EXPECT_EQ(number_of(verified, "removed"), 2U);
    const std::string words = succeed({"verify", store()});
    EXPECT_NE(words.find("2 events of them removed by compactions"), std::string::npos) << words;
    const auto report = parsed(succeed({"compact", store(), "--json"}));
    EXPECT_EQ(number_of(report, "events"), 0U);
    EXPECT_EQ(number_of(report, "bytesBefore"), number_of(report, "bytesAfter"));
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
    EXPECT_TRUE(succeed({"compact", store(), "--dry-run"}).starts_with("nothing to remove in "));
}

}  // namespace
}  // namespace command
