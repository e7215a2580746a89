/// Where the commits of a block lie in its payload, and which of their events are there (docs/internals/format.md,
/// "Commit").
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "varve/result.hpp"

namespace varve::log {

/// Bytes before a commit's extension. Part of the file format, never change.
inline constexpr std::uint32_t commit_header_bytes = 16;

// Flags of a commit that a compaction has reduced. Part of the file format, never change.
/// Some of its events were removed: a map of 64-bit words, a bit for each event, lowest first, lies before the records.
inline constexpr std::uint16_t commit_partial = 1;
/// All were. It stands for as many commits, one after the other, as its last header field says.
inline constexpr std::uint16_t commit_removed = 2;

struct CommitPlace {
    std::uint32_t offset = 0;  ///< in the payload
    std::uint32_t bytes = 0;
    std::uint32_t events = 0;  ///< as they were appended
    std::uint32_t commits = 1;
    std::uint16_t flags = 0;
    std::uint16_t extension_bytes = 0;
    std::uint32_t records = 0;  ///< offset in the payload of its first record
    std::string_view map = {};  ///< of a partial commit

    /// Is the record of its n-th event there?
    [[nodiscard]] bool has(std::uint32_t event) const {
        if (flags == commit_partial) return (static_cast<unsigned char>(map[event / 8]) >> event % 8 & 1) != 0;
        return flags == 0;
    }
};

/// The commit at an offset of a payload that is not its end; what is wrong with it, or nothing.
[[nodiscard]] std::string_view commit_at(std::string_view payload, std::uint32_t offset, CommitPlace& commit);

/// Writes the header of a commit: its bytes, events, flags, extension's bytes and, of a removed one, commits.
void write_commit_header(const CommitPlace& commit, char* at);

/// In order. `data_loss` when their lengths do not add up to the payload's end.
[[nodiscard]] Result<std::vector<CommitPlace>> commits_of(std::string_view payload);

}  // namespace varve::log
