#include "log/commit_walk.hpp"

#include <string>

#include "log/little_endian.hpp"

namespace varve::log {
namespace {

// Part of the file format, never change.
constexpr std::size_t at_bytes = 0;
constexpr std::size_t at_events = 4;
constexpr std::size_t at_flags = 8;
constexpr std::size_t at_extension_bytes = 10;
constexpr std::size_t at_commits = 12;  // of a commit_removed

}  // namespace

std::string_view commit_at(std::string_view payload, std::uint32_t offset, CommitPlace& commit) {
    const std::string_view rest = payload.substr(offset);
    if (rest.size() < commit_header_bytes) return "commit is cut off";
    commit = {.offset = offset,
              .bytes = load<std::uint32_t>(rest.data() + at_bytes),
              .events = load<std::uint32_t>(rest.data() + at_events),
              .flags = load<std::uint16_t>(rest.data() + at_flags),
              .extension_bytes = load<std::uint16_t>(rest.data() + at_extension_bytes)};
    if (commit.flags > commit_removed) {
        return "commit has flags that are not known";
    }
    if (commit.flags == commit_removed) commit.commits = load<std::uint32_t>(rest.data() + at_commits);
    const std::uint64_t words = commit.flags == commit_partial ? (std::uint64_t{commit.events} + 63) / 64 : 0;
    const std::uint64_t before_records = commit_header_bytes + commit.extension_bytes + 8 * words;
    if (commit.bytes < before_records || commit.bytes % 8 != 0 || commit.extension_bytes % 8 != 0 ||
        commit.bytes > rest.size() || (commit.flags == commit_removed && commit.bytes != before_records)) {
        return "commit has an impossible length";
    }
    commit.map = rest.substr(commit_header_bytes + commit.extension_bytes, 8 * words);
    commit.records = offset + static_cast<std::uint32_t>(before_records);
    return {};
}

void write_commit_header(const CommitPlace& commit, char* at) {
    store(at + at_bytes, commit.bytes);
    store(at + at_events, commit.events);
    store(at + at_flags, commit.flags);
    store(at + at_extension_bytes, commit.extension_bytes);
    store(at + at_commits, commit.flags == commit_removed ? commit.commits : 0U);
}

Result<std::vector<CommitPlace>> commits_of(std::string_view payload) {
    std::vector<CommitPlace> commits;
    for (std::uint32_t offset = 0; offset != payload.size(); offset += commits.back().bytes) {
        if (const auto wrong = commit_at(payload, offset, commits.emplace_back()); !wrong.empty()) {
            return Error{.code = Code::data_loss, .message = std::string(wrong)};
        }
    }
    return commits;
}

}  // namespace varve::log
