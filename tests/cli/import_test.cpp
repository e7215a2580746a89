#include <csignal>

#include "cli/command_test.hpp"

namespace command {
namespace {

class Import : public CommandTest {
protected:
    static std::string line(int number) {
        return R"({"stream":"s-)" + std::to_string(number % 3) + R"(","type":"T","data":)" + std::to_string(number) +
               "}\n";
    }
    static std::string lines(int first, int last) {
        std::string text;
        for (int i = first; i <= last; ++i) text += line(i);
        return text;
    }
    [[nodiscard]] std::size_t stored() const { return lines_of(succeed({"read", store(), "--json"})).size(); }
};

TEST_F(Import, StoresEveryLineInOrder) {
    write_file(path("events.jsonl"), lines(0, 24) + "\n\n" + lines(25, 49));
    const std::string out = succeed({"import", store(), path("events.jsonl"), "--batch", "7"});
    EXPECT_TRUE(out.starts_with("imported 50 events in ")) << out;
    const auto events = lines_of(succeed({"read", store(), "--json"}));
    ASSERT_EQ(events.size(), 50U);
    for (std::size_t i = 0; i < events.size(); ++i) EXPECT_EQ(parsed(events[i]).raw("data"), std::to_string(i));
    EXPECT_EQ(number_of(parsed(succeed({"info", store(), "--json"})), "commits"), 8U) << "seven of seven, one of one";
}

TEST_F(Import, TellsScriptsTheOutcome) {
    const auto outcome = parsed(succeed({"import", store(), "-", "--json", "--durability", "buffered"}, lines(0, 9)));
    EXPECT_EQ(outcome.root().find("complete")->as_bool(), true);
    EXPECT_EQ(number_of(outcome, "events"), 10U);
    EXPECT_EQ(number_of(outcome, "lines"), 10U);
}

TEST_F(Import, ABadLineIsNamedAndNothingOfItsBatchIsStored) {
    write_file(path("bad.jsonl"), lines(0, 24) + "{\"stream\":\"s-1\",\"type\":\n" + lines(26, 40));
    fail(1, {"import", store(), path("bad.jsonl"), "--batch", "10"},
         {path("bad.jsonl") + ":26: ", "20 events were stored before", "resume with --skip-lines 20"});
    EXPECT_EQ(stored(), 20U);
    write_file(path("bad.jsonl"), lines(0, 40));
    succeed({"import", store(), path("bad.jsonl"), "--batch", "10", "--skip-lines", "20"});
    EXPECT_EQ(stored(), 41U);
}

TEST_F(Import, WhatIsThereAlreadyIsPassedOver) {
    fill();
    const std::string all = succeed({"export", store()});
    const std::size_t events = lines_of(all).size();
    const std::string again = succeed({"import", store(), "-"}, all);
    EXPECT_TRUE(again.starts_with("imported 0 events, passed over 4 that were there already, in ")) << again;
    EXPECT_EQ(stored(), events);
    const auto outcome = parsed(succeed({"import", store(), "-", "--json", "--batch", "3"}, line(1) + all + line(2)));
    EXPECT_EQ(number_of(outcome, "events"), 2U) << "also when a batch holds old and new";
    EXPECT_EQ(number_of(outcome, "repeated"), 4U);
    EXPECT_EQ(number_of(outcome, "lines"), 6U);
    EXPECT_EQ(stored(), events + 2);

    std::string moved = lines_of(all)[0];
    moved.replace(moved.find("account-a1"), 10, "account-zz");
    fail(1, {"import", store(), "-"}, {"lines 1 to 1", "account-a1", "position 0"}, moved + "\n");
}

TEST_F(Import, AFailureTellsScriptsHowFarItCame) {
    const Outcome outcome = run({"import", store(), "-", "--batch", "2", "--json"}, lines(0, 4) + "[]\n");
    EXPECT_EQ(outcome.exit, 1);
    EXPECT_EQ(parsed(outcome.out).root().find("complete")->as_bool(), false);
    EXPECT_EQ(number_of(parsed(outcome.out), "lines"), 4U);
    const auto error = parsed(std::string(parsed(outcome.err).raw("error")));
    EXPECT_EQ(text_of(error, "code"), "invalid_argument");
}

TEST_F(Import, EveryKindOfBadLineHasItsReason) {
    const auto refused = [&](const std::string& text, const std::string& reason) {
        fail(1, {"import", store(), "-"}, {"standard input:2: ", reason, "0 events were stored before"},
             line(0) + text + "\n");
    };
    refused("{", "");
    refused("not json", "");
    refused("\"text\"", "must be a JSON object");
    refused(R"({"type":"T","data":1})", "missing field 'stream'");
    refused(R"({"stream":"s","data":1})", "missing field 'type'");
    refused(R"({"stream":"s","type":"T"})", "missing field 'data'");
    refused(R"({"stream":7,"type":"T","data":1})", "field 'stream' must be a string");
    refused(R"({"stream":"s","type":"T","data":1,"strem":"x"})", "unknown field 'strem'");
    refused(R"({"stream":"s","type":"T","data":1,"data":2})", "field 'data' stands there twice");
    refused(R"({"stream":"s","type":"T","data":1,"tags":"x"})", "field 'tags' must be an array");
    refused(R"({"stream":"s","type":"T","data":1,"id":"x"})", "field 'id' must be a UUID");
    refused(R"({"stream":"s","type":"T","data":{"base64":"x"}})", "field 'data'");
    refused(R"({"stream":"s","type":"T","data":5,"contentType":"image/png"})", "field 'data'");
    refused(R"({"stream":"","type":"T","data":1})", "stream name is empty");
    refused(R"({"stream":"s","type":"","data":1})", "type is empty");
    refused(R"({"stream":")" + std::string(513, 'x') + R"(","type":"T","data":1})", "stream name has 513 bytes");
    refused(R"({"stream":"a\u0000b","type":"T","data":1})", "control");
    refused("{\"stream\":\"s\",\"type\":\"T\",\"data\":\"\xc3(\"}", "UTF-8");
    refused(R"({"stream":"s","type":"T","data":")" + std::string(8 << 20, 'x') + "\"}", "8388608");
    EXPECT_EQ(stored(), 0U);
}

TEST_F(Import, ABatchOfLargeEventsBecomesSeveralCommits) {
    std::string text;
    for (int i = 0; i < 5; ++i) text += R"({"stream":"s","type":"T","data":")" + std::string(5 << 20, 'x') + "\"}\n";
    succeed({"import", store(), "-", "--durability", "buffered"}, text);
    EXPECT_EQ(number_of(parsed(succeed({"info", store(), "--json"})), "events"), 5U);
}

TEST_F(Import, AFullBatchDoesNotWaitForTheNextLine) {
    Process import(varve({"import", store(), "-", "--batch", "5"}));
    import.write(lines(0, 4));
    // Nothing more comes, and the input stays open: what is there must be stored all the same.
    const auto deadline = std::chrono::steady_clock::now() + patience;
    std::size_t events = 0;
    while (events < 5 && std::chrono::steady_clock::now() < deadline)
        events = lines_of(run({"read", store(), "--json"}).out).size();
    EXPECT_EQ(events, 5U);
    import.write(lines(5, 6));
    EXPECT_EQ(import.wait(), 0) << import.err();
    EXPECT_EQ(stored(), 7U);
}

TEST_F(Import, PassesOverBlankLinesAndAByteOrderMark) {
    const std::string mark = "\xef\xbb\xbf";
    succeed({"import", store(), "-"}, mark + line(0) + "\n  \t \n\r\n \r\n" + line(1) + " \n\n");
    EXPECT_EQ(stored(), 2U);
    succeed({"import", store(), "-"}, mark + "\n" + line(2));
    succeed({"append", store(), "--lines"}, mark + "\n" + line(3) + "   \n" + line(4));
    EXPECT_EQ(stored(), 5U);
    succeed({"import", store(), "-"}, mark);
    succeed({"import", store(), "-"}, "");
    EXPECT_EQ(stored(), 5U);
    fail(1, {"import", store(), "-"}, {"standard input:2: "}, line(5) + mark + line(6));
    EXPECT_EQ(stored(), 5U) << "in the middle it belongs to no text";
}

TEST_F(Import, SkippedLinesMustBeThere) {
    write_file(path("ten.jsonl"), lines(0, 8) + "\n");
    fail(1, {"import", store(), path("ten.jsonl"), "--skip-lines", "11"},
         {"--skip-lines 11: " + path("ten.jsonl") + " has only 10 lines, and nothing was imported"});
    fail(1, {"import", store(), "-", "--skip-lines", "1"}, {"standard input has only 0 lines"});
    const Outcome outcome =
        run({"import", store(), path("ten.jsonl"), "--skip-lines", "18446744073709551615", "--json"});
    EXPECT_EQ(outcome.exit, 1);
    EXPECT_EQ(number_of(parsed(outcome.out), "lines"), 10U);
    EXPECT_EQ(parsed(outcome.out).root().find("complete")->as_bool(), false);
    EXPECT_EQ(text_of(parsed(std::string(parsed(outcome.err).raw("error"))), "code"), "out_of_range");
    EXPECT_EQ(stored(), 0U);
    succeed({"import", store(), path("ten.jsonl"), "--skip-lines", "8"});
    EXPECT_EQ(stored(), 1U) << "the blank line counts";
    EXPECT_TRUE(succeed({"import", store(), path("ten.jsonl"), "--skip-lines", "10"}).starts_with("imported 0 events"))
        << "all of it was imported before: to resume is no error";
}

TEST_F(Import, ASignalStopsItBetweenCommits) {
    Process import(varve({"import", store(), "-", "--batch", "1"}));
    import.write(lines(0, 2));
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (run({"read", store(), "-n", "1", "--from", "1", "--json"}).out.empty() &&
           std::chrono::steady_clock::now() < deadline)
        continue;
    import.signal(SIGINT);
    std::string rest;
    while (const auto more = import.line()) rest += *more;
    EXPECT_EQ(import.wait(), 1);
    EXPECT_NE(import.err().find("stopped by a signal"), std::string::npos) << import.err();
    EXPECT_NE(import.err().find("--skip-lines "), std::string::npos) << import.err();
    EXPECT_GE(stored(), 2U);
}

TEST_F(Import, WhatCannotBeReadIsNamed) {
    fail(1, {"import", store(), path("nothing.jsonl")}, {path("nothing.jsonl"), "No such file"});
    std::filesystem::create_directory(path("folder"));
    fail(1, {"import", store(), path("folder")}, {path("folder"), "is a folder"});
    EXPECT_FALSE(std::filesystem::exists(store()));
}

}  // namespace
}  // namespace command
