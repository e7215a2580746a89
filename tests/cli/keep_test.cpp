#include "cli/command_test.hpp"

namespace command {
namespace {

class Keep : public CommandTest {
protected:
    std::string read(const std::string& stream) {
        std::string revisions;
        for (const std::string& line : lines_of(succeed({"read", store(), "--stream", stream, "--json"}))) {
            revisions += std::to_string(number_of(parsed(line), "revision"));
        }
        return revisions;
    }
};

TEST_F(Keep, SetsOneRuleAndLeavesTheOthers) {
    fill();
    EXPECT_EQ(succeed({"keep", store(), "account-a1"}),
              "stream    account-a1\n"
              "state     live\n"
              "keeps     everything\n"
              "so        reads show revisions 0..2\n");
    EXPECT_EQ(succeed({"keep", store(), "account-a1", "--last", "2"}),
              "account-a1 keeps the last 2 events; reads show revisions 1..2; revision 0 is removed, and a compaction "
              "frees its room (durable)\n");
    EXPECT_EQ(
        succeed({"keep", store(), "account-a1", "--max-age", "30d"}),
        "account-a1 keeps the last 2 events, of at most 30d; reads show revisions 1..2; revision 0 is removed, and "
        "a compaction frees its room (durable)\n");
    EXPECT_EQ(
        succeed({"keep", store(), "account-a1", "--before", "2"}),
        "account-a1 keeps the last 2 events, of at most 30d, from revision 2 on; reads show revision 2; revisions "
        "0..1 are removed, and a compaction frees their room (durable)\n");
    EXPECT_EQ(read("account-a1"), "2");
    EXPECT_EQ(succeed({"keep", store(), "account-a1"}),
              "stream    account-a1\n"
              "state     live\n"
              "keeps     the last 2 events, of at most 30d, from revision 2 on\n"
              "so        reads show revision 2; revisions 0..1 are removed, and a compaction frees their room\n"
              "settings  {\"$maxCount\":2,\"$maxAge\":2592000,\"$tb\":2}\n");
    EXPECT_EQ(succeed({"keep", store(), "account-a1", "--forever"}),
              "account-a1 keeps everything; reads show revisions 0..2 (durable)\n");
    EXPECT_EQ(read("account-a1"), "012");
}

TEST_F(Keep, TellsScripts) {
    fill();
    EXPECT_EQ(succeed({"keep", store(), "nobody-1", "--json"}),
              R"({"stream":"nobody-1","state":"absent","first":null,"last":null,"maxCount":null,"maxAge":null,)"
              R"("truncateBefore":null,"settings":null,"settingsRevision":null})"
              "\n");
    EXPECT_EQ(succeed({"keep", store(), "account-a1", "--last", "1", "--max-age", "1h", "--before", "1", "--json"}),
              R"({"stream":"account-a1","state":"live","first":2,"last":2,"maxCount":1,"maxAge":3600,)"
              R"("truncateBefore":1,"settings":{"$maxCount":1,"$maxAge":3600,"$tb":1},"settingsRevision":0,)"
              R"("position":4,"durability":"durable"})"
              "\n");
    const auto deleted = parsed(succeed({"delete", store(), "order-7", "--json"}));
    EXPECT_EQ(text_of(deleted, "state"), "deleted");
    EXPECT_EQ(number_of(deleted, "last"), 0U);
    EXPECT_EQ(number_of(deleted, "position"), 5U);
}

TEST_F(Keep, DeletedNamesGoOnAndTombstonesDoNot) {
    fill();
    EXPECT_EQ(
        succeed({"delete", store(), "account-a1", "--expect", "2"}),
        "account-a1 is deleted: reads show no event; revisions 0..2 are removed, and a compaction frees their room; "
        "the next append is revision 3 (durable)\n");
    EXPECT_EQ(read("account-a1"), "");
    succeed({"append", store(), "account-a1", "Opened", "--expect", "none"});
    EXPECT_EQ(read("account-a1"), "3");
    EXPECT_EQ(
        succeed({"tombstone", store(), "account-a1"}),
        "account-a1 has ended: reads show no event; revisions 0..3 are removed, and a compaction frees their room; "
        "nothing can be appended to it any more (durable)\n");
    EXPECT_EQ(succeed({"keep", store(), "account-a1"}),
              "stream    account-a1\n"
              "state     tombstoned\n"
              "so        reads show no event; revisions 0..3 are removed, and a compaction frees their room\n");
    fail(1, {"append", store(), "account-a1", "Opened"}, {"account-a1", "tombstone", "another name"});
    fail(1, {"tombstone", store(), "account-a1"}, {"tombstone"});
    EXPECT_EQ(succeed({"tombstone", store(), "barred-1"}),
              "barred-1 has ended: it has no event; nothing can be appended to it any more (durable)\n");
}

TEST_F(Keep, ListingsShowWhatIsLeft) {
    fill();
    succeed({"keep", store(), "account-a1", "--last", "2"});
    succeed({"delete", store(), "order-7"});
    EXPECT_EQ(succeed({"streams", store()}),
              "stream      events  last position\n"
              "account-a1       2              3\n");
    EXPECT_EQ(succeed({"streams", store(), "--json"}),
              R"({"name":"account-a1","events":2,"firstRevision":1,"lastRevision":2,"lastPosition":3})"
              "\n");
    EXPECT_EQ(succeed({"streams", store(), "--prefix", "$$"}),
              "stream        events  last position\n"
              "$$account-a1       1              4\n"
              "$$order-7          1              5\n");
    EXPECT_NE(succeed({"info", store()}).find("settings    of some streams"), std::string::npos);
    EXPECT_NE(succeed({"info", store(), "--json"}).find(R"("settings":true)"), std::string::npos);
}

TEST_F(Keep, RefusesWhatMakesNoSense) {
    fill();
    fail(2, {"keep", store(), "account-a1", "--last", "0"}, {"--last", "1"});
    fail(2, {"keep", store(), "account-a1", "--max-age", "30"}, {"'30' is no age", "30d"});
    fail(2, {"keep", store(), "account-a1", "--forever", "--last", "3"}, {"--forever"});
    fail(2, {"keep", store()}, {"STREAM"});
    fail(2, {"delete", store(), "account-a1", "--expect", "some"}, {"neither any, none, exists nor a revision"});
    fail(1, {"delete", store(), "nobody-1"}, {"nobody-1", "never had an event"});
    fail(1, {"delete", store(), "account-a1", "--expect", "0"}, {"revision 2"});
    fail(1, {"keep", store(), "$$account-a1", "--last", "3"}, {"settings of settings"});
    fail(1, {"keep", path("nothing"), "account-a1", "--last", "3"}, {"nothing"});
    fail(1, {"append", store(), "$$account-a1", "Noted"}, {"settings", "$metadata"});
}

TEST_F(Keep, AnExportCarriesTheSettings) {
    fill();
    succeed({"keep", store(), "account-a1", "--last", "1"});
    succeed({"tombstone", store(), "order-7"});
    succeed({"import", path("copy"), "-"}, succeed({"export", store()}));
    EXPECT_EQ(succeed({"keep", path("copy"), "account-a1"}), succeed({"keep", store(), "account-a1"}));
    EXPECT_EQ(succeed({"keep", path("copy"), "order-7"}), succeed({"keep", store(), "order-7"}));
    succeed({"fork", store(), path("fork")});
    EXPECT_EQ(succeed({"keep", path("fork"), "order-7"}), succeed({"keep", store(), "order-7"}));
}

}  // namespace
}  // namespace command
