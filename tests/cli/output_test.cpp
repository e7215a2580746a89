#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "cli/command_test.hpp"

namespace command {
namespace {

/// Commands whose standard output takes nothing.
class Unwritable : public CommandTest {
protected:
    using Words = std::vector<std::string>;

    static void full() {
        // A device that answers every write with "no space left".
        const int device = ::open("/dev/full", O_WRONLY);
        if (device >= 0) ::dup2(device, 1);
    }
    static void none() { ::close(1); }

    /// Runs it with such an output and expects this exit code and one line with these parts.
    static void fail_with(void (*output)(), int exit, const Words& words, const Words& parts,
                          const std::string& input = {}) {
        Process process(varve(words), output);
        process.write(input);
        EXPECT_EQ(process.wait(), exit) << testing::PrintToString(words) << process.err();
        const bool json = std::ranges::find(words, "--json") != words.end();
        EXPECT_TRUE(process.err().starts_with(json ? "{\"error\":" : "varve: ")) << process.err();
        EXPECT_EQ(lines_of(process.err()).size(), 1U) << process.err();
        for (const std::string& part : parts)
            EXPECT_NE(process.err().find(part), std::string::npos) << part << " in\n" << process.err();
    }
    /// Runs it with an output that nobody reads any more, and expects silence.
    static void succeed_unread(const Words& words, const std::string& input = {}) {
        Process process(varve(words), [] {
            int ends[2] = {-1, -1};
            static_cast<void>(::pipe(ends));
            ::close(ends[0]);
            ::dup2(ends[1], 1);
        });
        process.write(input);
        EXPECT_EQ(process.wait(), 0) << testing::PrintToString(words) << process.err();
        EXPECT_EQ(process.err(), "") << testing::PrintToString(words);
    }

    [[nodiscard]] std::size_t stored() const { return lines_of(succeed({"read", store()})).size(); }

    const std::string no_space_ = "cannot write to standard output: No space left on device";
};

TEST_F(Unwritable, AFullOutputFailsWhatOnlyLooks) {
    fill();
    for (const Words& words : {Words{"read", store()}, Words{"read", store(), "--json"}, Words{"export", store()},
                               Words{"info", store()}, Words{"streams", store()}, Words{"--help"}, Words{"--version"}})
        fail_with(full, 1, words, {no_space_ + "; what came out is incomplete: make room, then repeat"});
    fail_with(full, 1, {"tail", store()}, {no_space_});
    fail_with(none, 1, {"read", store()}, {"cannot write to standard output: Bad file descriptor"});
}

TEST_F(Unwritable, AFullOutputIsNoDamageToVerify) {
    fill();
    fail_with(full, 2, {"verify", store()}, {no_space_});
}

TEST_F(Unwritable, AClosedStandardStreamIsNeverAFileOfTheStore) {
    const auto closed = [](int exit, const Words& words, void (*close)()) {
        Process process(varve(words), close);
        process.write("{\"stream\":\"s\",\"type\":\"T\",\"data\":1}\n");
        EXPECT_EQ(process.wait(), exit) << testing::PrintToString(words) << process.err();
    };
    const auto all = [] { ::close(0), ::close(1), ::close(2); };
    closed(1, {"import", store(), "-"}, all);
    closed(1, {"append", store(), "s", "T", "-"}, [] { ::close(0); });
    closed(0, {"import", store(), "-", "--batch", "1"}, [] { ::close(2); });
    closed(1, {"append", store(), "s", "T"}, all);
    closed(1, {"read", store()}, all);
    EXPECT_EQ(stored(), 2U);
    succeed({"verify", store()});
}

TEST_F(Unwritable, AnErrorIsJsonWhenAskedFor) {
    fill();
    Process process(varve({"info", store(), "--json"}), full);
    EXPECT_EQ(process.wait(), 1);
    const auto error = parsed(std::string(parsed(process.err()).raw("error")));
    EXPECT_EQ(text_of(error, "code"), "resource_exhausted");
}

TEST_F(Unwritable, WhatIsStoredIsSaidToBeStored) {
    fail_with(full, 1, {"append", store(), "s", "T"},
              {"1 event stored at position 0 (durable), and only the telling failed: " + no_space_,
               "do not repeat the command"});
    fail_with(full, 1, {"append", store(), "s", "T", "--json"},
              {"\"message\":\"1 event stored at position 1 (durable)"});
    fail_with(none, 1, {"append", store(), "s", "T"}, {"1 event stored at position 2 (durable)"});
    EXPECT_EQ(stored(), 3U);
    const std::string line = "{\"stream\":\"s\",\"type\":\"T\",\"data\":1}\n";
    fail_with(full, 1, {"import", store(), "-", "--no-progress"},
              {"imported 2 events, and only the telling failed: " + no_space_, "do not repeat the command"},
              line + line);
    EXPECT_EQ(stored(), 5U);
    fail_with(full, 1, {"export", store(), path("out.jsonl"), "--no-progress"},
              {"exported 5 events to " + path("out.jsonl") + ", and only the telling failed: " + no_space_});
    EXPECT_EQ(lines_of(read_file(path("out.jsonl"))).size(), 5U);
}

TEST_F(Unwritable, AFailureIsToldBeforeThatItCouldNotBePrinted) {
    fail_with(full, 1, {"append", store(), "s", "T", "{}", "--expect", "exists"}, {"'s'"});
    fail_with(full, 2, {"read"}, {"STORE is missing"});
}

TEST_F(Unwritable, AReaderThatWentAwayIsNoFailure) {
    fill();
    for (const Words& words :
         {Words{"read", store()}, Words{"read", store(), "--json"}, Words{"tail", store()}, Words{"export", store()},
          Words{"info", store()}, Words{"streams", store()}, Words{"verify", store()}, Words{"--help"}})
        succeed_unread(words);
    succeed_unread({"append", store(), "s", "T"});
    succeed_unread({"import", store(), "-", "--no-progress"}, "{\"stream\":\"s\",\"type\":\"T\",\"data\":1}\n");
    EXPECT_EQ(stored(), 6U) << "the work is done all the same";
}

}  // namespace
}  // namespace command
