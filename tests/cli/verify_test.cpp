#include "cli/command_test.hpp"

namespace command {
namespace {

class Verify : public CommandTest {};

TEST_F(Verify, FindsNothingWrongInAWholeStore) {
    fill();
    const std::string text = succeed({"verify", store()});
    EXPECT_NE(text.find("4 events in 4 commits, 4 blocks, 1 segment, "), std::string::npos) << text;
    EXPECT_NE(text.find(": no damage\ndigest "), std::string::npos) << text;
    const auto report = parsed(succeed({"verify", store(), "--json"}));
    EXPECT_EQ(report.root().find("damaged")->as_bool(), false);
    EXPECT_EQ(number_of(report, "events"), 4U);
    EXPECT_EQ(number_of(report, "commits"), 4U);
    EXPECT_GT(number_of(report, "bytes"), 0U);
    EXPECT_EQ(text_of(report, "digest").size(), 34U);
    EXPECT_EQ(text_of(report, "digest").substr(0, 2), "4:");
}

TEST_F(Verify, TheDigestStandsForTheHistory) {
    fill();
    std::filesystem::copy(store(), path("copy"), std::filesystem::copy_options::recursive);
    const auto digest = [](const std::string& folder) {
        return text_of(parsed(succeed({"verify", folder, "--json"})), "digest");
    };
    EXPECT_EQ(digest(store()), digest(path("copy")));
    succeed({"append", path("copy"), "s", "T"});
    EXPECT_NE(digest(store()), digest(path("copy")));
}

TEST_F(Verify, HoldsHistoryAgainstADigest) {
    fill();
    const std::string digest = text_of(parsed(succeed({"info", store(), "--json"})), "digest");
    EXPECT_EQ(digest, text_of(parsed(succeed({"verify", store(), "--json"})), "digest"));
    const std::string lines = succeed({"verify", store(), "--digests"});
    EXPECT_EQ(lines, digest + "  seg-00000000000000000000.log\n");
    write_file(path("digests"), "# of today\n\n" + lines);
    succeed({"append", store(), "account-a1", "Deposited", "{}"});
    const std::string text = succeed({"verify", store(), "--expect", digest});
    EXPECT_NE(text.find("unchanged below position 4\n"), std::string::npos) << text;
    succeed({"verify", store(), "--expect", "@" + path("digests")});

    // The same events again are another history: their ids and times differ.
    std::filesystem::rename(store(), path("right"));
    fill();
    const Outcome other = run({"verify", store(), "--expect", "@" + path("digests")});
    EXPECT_EQ(other.exit, 1) << other;
    EXPECT_NE(other.out.find("changed   seg-00000000000000000000.log: events 0..3: "), std::string::npos) << other;
    EXPECT_NE(other.out.find("not the history that was written down\n"), std::string::npos) << other;
    const auto report = parsed(run({"verify", store(), "--expect", digest, "--json"}).out);
    EXPECT_EQ(report.root().find("damaged")->as_bool(), false);
    EXPECT_EQ(number_of(report, "unchangedUpTo"), 0U);
    fail(2, {"verify", store(), "--expect", "today"}, {"'today' is no digest"});
    fail(2, {"verify", store(), "--expect", "@" + path("nothing")}, {"cannot read the file"});
}

TEST_F(Verify, TellsWhatDamageConcerns) {
    fill();
    damage(R"({"cents":500})");
    const Outcome text = run({"verify", store()});
    EXPECT_EQ(text.exit, 1) << text;
    EXPECT_NE(text.out.find("damage    seg-00000000000000000000.log at byte "), std::string::npos) << text;
    EXPECT_NE(text.out.find(": event 1 of account-a1: "), std::string::npos) << text;
    EXPECT_NE(text.out.find(": damaged\n"), std::string::npos) << text;
    const Outcome outcome = run({"verify", store(), "--json"});
    EXPECT_EQ(outcome.exit, 1) << outcome;
    const auto report = parsed(outcome.out);
    EXPECT_EQ(report.root().find("damaged")->as_bool(), true);
    bool named = false;
    for (const auto finding : report.root().find("findings")->elements()) {
        named |= finding.find("kind")->as_string() == "damage" && finding.find("first")->as_uint64() == 1U;
    }
    EXPECT_TRUE(named) << outcome;
}

TEST_F(Verify, SaysWhenItCannotLook) {
    fail(2, {"verify", path("nowhere")}, {path("nowhere")});
    std::filesystem::create_directory(path("photos"));
    write_file(path("photos/cat.jpg"), "miaow");
    fail(2, {"verify", path("photos")}, {path("photos")});
    EXPECT_EQ(run({"verify", path("photos"), "--json"}).exit, 2);
}

}  // namespace
}  // namespace command
