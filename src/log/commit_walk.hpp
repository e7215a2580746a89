/// Where the commits of a block lie in its payload (docs/internals/format.md, "Commit").
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "varve/result.hpp"

namespace varve::log {

struct CommitPlace {
    std::uint32_t offset = 0;  ///< in the payload
    std::uint32_t bytes = 0;
    std::uint32_t events = 0;
    std::uint16_t flags = 0;
    std::uint16_t extension_bytes = 0;
};

/// Bytes before a commit's extension. Part of the file format, never change.
inline constexpr std::uint32_t commit_header_bytes = 16;

/// In order. `data_loss` when their lengths do not add up to the payload's end.
[[nodiscard]] Result<std::vector<CommitPlace>> commits_of(std::string_view payload);

}  // namespace varve::log
