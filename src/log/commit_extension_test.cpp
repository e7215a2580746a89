#include "log/commit_extension.hpp"

#include <gtest/gtest.h>

#include <string>

#include "log/record.hpp"
#include "varve/limits.hpp"

namespace varve::log {
namespace {

Commit commit_of(std::size_t events, std::string command_id) {
    Commit commit{.events = std::vector<NewEvent>(events, {.stream = "s-1", .type = "T", .id = EventId::random()})};
    commit.command_id = std::move(command_id);
    return commit;
}

std::string extension_of(const std::string& command_id) {
    const Commit commit = commit_of(1, command_id);
    std::string bytes(extension_bytes(commit), '?');
    write_extension(commit, bytes.data());
    return bytes;
}

// The example of docs/internals/format.md.
TEST(CommitExtension, HasTheBytesOfItsPage) {
    EXPECT_EQ(extension_of("order-17"), std::string("\x01\0\x08\0order-17\0\0\0\0", 16));
    EXPECT_EQ(extension_of(""), "");
}

TEST(CommitExtension, GivesTheCommandIdBack) {
    for (std::size_t bytes = 1; bytes <= limits::command_id_bytes; ++bytes) {
        const std::string id(bytes, 'c');
        const std::string extension = extension_of(id);
        EXPECT_EQ(extension.size() % 8, 0U);
        EXPECT_EQ(command_id_in(extension), id);
    }
    EXPECT_EQ(command_id_in(""), "");
}

TEST(CommitExtension, PassesOverItemsOfLaterReleases) {
    const std::string later("\x09\0\x05\0abcde\0\0\0\0\0\0\0", 16);
    EXPECT_EQ(command_id_in(later), "");
    EXPECT_EQ(command_id_in(later + extension_of("c")), "c");
    EXPECT_EQ(command_id_in(extension_of("c") + later), "c");
}

TEST(CommitExtension, NonsenseHasNoCommandId) {
    const std::string whole = extension_of("order-17");
    for (std::size_t bytes = 0; bytes < whole.size(); bytes += 8) EXPECT_EQ(command_id_in(whole.substr(0, bytes)), "");
    EXPECT_EQ(command_id_in(std::string(64, '\xff')), "");
    EXPECT_EQ(command_id_in(std::string(64, '\0')), "");
}

TEST(CommitExtension, IsFoundWithTheCommitsOfABlock) {
    const std::string payload =
        encode(commit_of(2, "first")).bytes + encode(commit_of(1, "")).bytes + encode(commit_of(3, "third")).bytes;
    std::vector<std::uint32_t> records;
    std::vector<BlockCommit> commits;
    ASSERT_TRUE(record_offsets(payload, 6, records, commits));
    ASSERT_EQ(records.size(), 6U);
    ASSERT_EQ(commits.size(), 3U);
    const std::pair<std::uint32_t, std::string_view> expected[] = {{0, "first"}, {2, ""}, {3, "third"}};
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(commits[i].first, expected[i].first);
        EXPECT_EQ(commits[i].command_id, expected[i].second);
    }
    std::vector<std::uint32_t> alone;
    ASSERT_TRUE(record_offsets(payload, 6, alone));
    EXPECT_EQ(alone, records);
}

TEST(CommitExtension, AnIdIsReadWhereItStands) {
    const Commit commit = commit_of(3, "c");
    const EncodedCommit encoded = encode(commit);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(id_of(std::string_view(encoded.bytes).substr(encoded.records[i])), commit.events[i].id);
    }
}

}  // namespace
}  // namespace varve::log
