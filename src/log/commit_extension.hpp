/// The extension of a commit: a list of items that only some commits have (docs/internals/format.md, "Commit").
#pragma once

#include <cstddef>
#include <string_view>

#include "varve/commit.hpp"

namespace varve::log {

/// Bytes that the commit's extension takes, a multiple of 8; 0 when there is nothing to say.
[[nodiscard]] std::size_t extension_bytes(const Commit& commit);

/// Writes the extension; `at` has room for extension_bytes.
void write_extension(const Commit& commit, char* at);

/// The command id in an extension; empty when there is none, and when the bytes make no sense.
[[nodiscard]] std::string_view command_id_in(std::string_view extension);

}  // namespace varve::log
