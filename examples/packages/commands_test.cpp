#include "packages/commands.hpp"

#include <gtest/gtest.h>

#include <string>

namespace packages {
namespace {

Command read(std::string_view text) {
    return read_line(text, {"log", 7, std::string(time_of(text))});
}

template <class C>
C read_as(std::string_view text) {
    const Command command = read(text);
    const C* kind = std::get_if<C>(&command);
    EXPECT_NE(kind, nullptr) << text << " was read as kind " << command.index();
    return kind == nullptr ? C{} : *kind;
}

TEST(ReadLine, KnowsEveryDocumentedKind) {
    const auto run = read_as<StartRun>("2025-06-24 14:36:25 startup archives unpack");
    EXPECT_EQ(run.what + "/" + run.command, "archives/unpack");
    const auto install = read_as<Install>("2025-06-24 14:36:29 install libc6:amd64 <none> 2.36-9");
    EXPECT_EQ(install.package + "/" + install.version, "libc6:amd64/2.36-9");
    const auto upgrade = read_as<Upgrade>("2025-06-24 14:36:25 upgrade libudev1:amd64 252.36-1 252.38-1");
    EXPECT_EQ(upgrade.from + "/" + upgrade.to, "252.36-1/252.38-1");
    EXPECT_EQ(read_as<Configure>("2025-06-24 14:36:25 configure libudev1:amd64 252.38-1 <none>").version, "252.38-1");
    EXPECT_EQ(read_as<RunTriggers>("2025-06-24 14:36:25 trigproc libc-bin:amd64 2.36 <none>").version, "2.36");
    EXPECT_EQ(read_as<Remove>("2025-06-24 14:36:25 remove hello:amd64 2.10-3 <none>").version, "2.10-3");
    EXPECT_EQ(read_as<Purge>("2025-06-24 14:36:25 purge hello:amd64 2.10-3 <none>").package, "hello:amd64");
    EXPECT_EQ(read_as<Disappear>("2025-06-24 14:36:25 disappear old:all 1.0 <none>").version, "1.0");
    const auto status = read_as<SetStatus>("2025-06-24 14:36:25 status half-configured libstdc++6:amd64 12.2");
    EXPECT_EQ(status.status + "/" + status.package, "half-configured/libstdc++6:amd64");
    const auto conffile = read_as<DecideConffile>("2025-06-24 14:36:25 conffile /etc/a file keep");
    EXPECT_EQ(conffile.file + "/" + conffile.decision, "/etc/a file/keep");
}

TEST(ReadLine, TakesNoneForNoVersion) {
    EXPECT_EQ(read_as<SetStatus>("2025-06-24 14:36:25 status not-installed hello:amd64 <none>").version, "");
}

TEST(ReadLine, KeepsWhereItStood) {
    const auto place = read_as<Remove>("2025-06-24 14:36:25 remove hello:amd64 2.10-3 <none>").place;
    EXPECT_EQ(place.log, "log");
    EXPECT_EQ(place.line, 7U);
    EXPECT_EQ(place.at, "2025-06-24 14:36:25");
}

TEST(ReadLine, KeepsWhatItDoesNotUnderstand) {
    for (const std::string text :
         {"", "hello", "2025-06-24 14:36:25", "2025-06-24 14:36:25 ", "2025-06-24 14:36:25 status",
          "2025-06-24 14:36:25 explode libc6:amd64 1 2", "2025-06-24 14:36:25 remove a/b 1 2",
          "2025-06-24 14:36:25 remove libc6:amd64 1 2 3", "24.06.2025 remove libc6:amd64 1 2"}) {
        EXPECT_EQ(read_as<KeepUnknown>(text).text, text);
    }
    EXPECT_EQ(read_as<KeepUnknown>("\x1b[31m\xff").text, "\\x1b[31m\\xff");
    EXPECT_EQ(read_as<KeepUnknown>(std::string(5000, 'x')).text.size(), 1004U);
}

TEST(ReadLine, RefusesBytesThatAreNoText) {
    EXPECT_TRUE(std::holds_alternative<KeepUnknown>(read("2025-06-24 14:36:25 remove libc6:amd64 1\xff 2")));
}

}  // namespace
}  // namespace packages
