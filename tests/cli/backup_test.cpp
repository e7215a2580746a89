#include <csignal>

#include "cli/command_test.hpp"

namespace command {
namespace {

class Backup : public CommandTest {
protected:
    [[nodiscard]] std::string digest_of(const std::string& folder) const {
        return text_of(parsed(succeed({"verify", folder, "--json"})), "digest");
    }
    [[nodiscard]] static std::uint64_t events_of(const std::string& folder) {
        return number_of(parsed(succeed({"info", folder, "--json"})), "events");
    }
};

TEST_F(Backup, HoldsWhatTheStoreHolds) {
    fill();
    const std::string text = succeed({"backup", store(), path("backup")});
    EXPECT_TRUE(text.starts_with("backed up 4 events in 1 segment, ")) << text;
    EXPECT_NE(text.find("\ndigest 4:"), std::string::npos) << text;
    const auto again = parsed(succeed({"backup", store(), path("backup"), "--json"}));
    EXPECT_EQ(number_of(again, "kept"), 1U);
    EXPECT_EQ(number_of(again, "copied"), 0U);
    EXPECT_EQ(text_of(again, "digest"), digest_of(store()));
    EXPECT_EQ(digest_of(path("backup")), digest_of(store()));
    fail(1, {"read", path("backup")}, {"is a backup, not a store", "varve restore"});
    fail(1, {"append", path("backup"), "s", "T"}, {"is a backup, not a store"});
}

TEST_F(Backup, IsRestoredWholeOrInPart) {
    fill();
    succeed({"backup", store(), path("backup")});
    const std::string text = succeed({"restore", path("backup"), path("again")});
    EXPECT_TRUE(text.starts_with("restored 4 events in 1 segment into " + path("again") + ": ")) << text;
    EXPECT_EQ(digest_of(path("again")), digest_of(store()));
    EXPECT_EQ(succeed({"read", path("again"), "--json"}), succeed({"read", store(), "--json"}));
    succeed({"append", path("again"), "account-a1", "Deposited", "{}", "--expect", "2"});
    EXPECT_EQ(events_of(store()), 4U);

    const auto part = parsed(succeed({"restore", path("backup"), path("part"), "--to-position", "2", "--json"}));
    EXPECT_EQ(number_of(part, "events"), 2U);
    EXPECT_EQ(lines_of(succeed({"read", path("part")})).size(), 2U);
    const auto none = parsed(succeed({"restore", path("backup"), path("none"), "--to-time", "2020-01-01", "--json"}));
    EXPECT_EQ(number_of(none, "events"), 0U);
    fail(1, {"restore", path("backup"), path("much"), "--to-position", "5"}, {"no position 5", "ends at position 4"});
    fail(1, {"restore", path("backup"), path("again")}, {"choose an empty or a new folder"});
    fail(1, {"restore", store(), path("new")}, {"is no backup"});
    fail(2, {"restore", path("backup"), path("x"), "--to-position", "1", "--to-time", "2020-01-01"}, {"--to-"});
}

TEST_F(Backup, GoesNowhereNearTheStore) {
    fill();
    for (const char* command : {"backup", "fork"}) {
        fail(1, {command, store(), store() + "/copy"}, {"lie inside one another"});
        fail(1, {command, store(), store()}, {"lie inside one another"});
        fail(1, {command, store(), path(".")}, {"lie inside one another"});
        fail(1, {command, path("nowhere"), path("copy")}, {path("nowhere")});
    }
    EXPECT_FALSE(std::filesystem::exists(store() + "/copy"));
    EXPECT_EQ(events_of(store()), 4U);
}

TEST_F(Backup, RunsBesideAWriterUnderLoad) {
    std::string lines;
    for (int i = 0; i < 60'000; ++i)
        lines += R"({"stream":"s-)" + std::to_string(i % 100) + R"(","type":"T","data":)" + std::to_string(i) + "}\n";
    write_file(path("events.jsonl"), lines);
    succeed({"append", store(), "s-0", "T"});
    Process writer(varve({"import", store(), path("events.jsonl"), "--batch", "20", "--no-progress"}));
    std::uint64_t before = 0;
    int rounds = 0;
    do {
        const auto report = parsed(succeed({"backup", store(), path("backup"), "--json"}));
        EXPECT_GE(number_of(report, "events"), before);
        before = number_of(report, "events");
        // What the backup holds is history as the store has it, then and later.
        const auto verified = parsed(succeed({"verify", store(), "--expect", text_of(report, "digest"), "--json"}));
        EXPECT_EQ(verified.root().find("damaged")->as_bool(), false);
    } while (++rounds < 4);
    EXPECT_EQ(writer.wait(), 0) << writer.err();
    succeed({"backup", store(), path("backup")});
    succeed({"restore", path("backup"), path("again")});
    EXPECT_EQ(digest_of(path("again")), digest_of(store()));
    EXPECT_EQ(succeed({"export", path("again")}), succeed({"export", store()}));
}

TEST_F(Backup, SurvivesBeingKilled) {
    std::string lines;
    for (int i = 0; i < 20'000; ++i) lines += R"({"stream":"s","type":"T","data":")" + std::string(1000, 'x') + "\"}\n";
    write_file(path("events.jsonl"), lines);
    succeed({"import", store(), path("events.jsonl"), "--durability", "buffered"});
    for (int round = 0; round < 5; ++round) {
        Process backup(varve({"backup", store(), path("backup"), "--no-progress"}));
        backup.signal(round % 2 == 0 ? SIGKILL : SIGINT);
        const int exit = backup.wait();
        EXPECT_TRUE(exit == 0 || exit == 1 || exit == 128 + SIGKILL || exit == 128 + SIGINT) << exit;
        const Outcome verified = run({"verify", path("backup")});
        EXPECT_TRUE(verified.exit == 0 || verified.exit == 2) << verified;
    }
    succeed({"backup", store(), path("backup")});
    EXPECT_EQ(digest_of(path("backup")), digest_of(store()));
    for (int round = 0; round < 3; ++round) {
        Process restore(varve({"restore", path("backup"), path("again"), "--no-progress"}));
        restore.signal(SIGKILL);
        if (restore.wait() == 0) break;
        if (std::filesystem::exists(path("again/STORE"))) break;
        EXPECT_EQ(run({"info", path("again")}).exit, 1);
    }
    if (!std::filesystem::exists(path("again/STORE"))) succeed({"restore", path("backup"), path("again")});
    EXPECT_EQ(digest_of(path("again")), digest_of(store()));
}

TEST_F(Backup, ForksGoTheirOwnWays) {
    fill();
    Process writer(varve({"import", store(), "-", "--no-progress"}));
    writer.write("{\"stream\":\"s\",\"type\":\"T\",\"data\":1}\n");
    const std::string text = succeed({"fork", store(), path("fork"), "--at", "3"});
    EXPECT_TRUE(text.starts_with("forked 3 events in 1 segment into ")) << text;
    EXPECT_EQ(writer.wait(), 0) << writer.err();
    EXPECT_EQ(events_of(path("fork")), 3U);
    succeed({"append", path("fork"), "account-a1", "Closed", "{}", "--expect", "1"});
    EXPECT_EQ(events_of(store()), 5U);
    EXPECT_EQ(events_of(path("fork")), 4U);
    std::filesystem::remove_all(store());
    EXPECT_EQ(lines_of(succeed({"read", path("fork")})).size(), 4U);
    succeed({"verify", path("fork")});
    fail(1, {"fork", path("fork"), path("late"), "--at", "99"}, {"no position 99"});
}

}  // namespace
}  // namespace command
