/// Names (of streams, types, tags, content types, folders): what they may be, and how they look in messages.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "varve/result.hpp"

namespace varve::store {

/// What is wrong with a name of 1..`bytes_max` bytes of UTF-8 without control characters (C0, DEL, C1), as the
/// end of a sentence that begins with the name's place: `is empty`, `has 600 bytes; the limit is 512`.
/// Empty when it is fine.
[[nodiscard]] std::string name_fault(std::string_view name, std::size_t bytes_max);

/// The name in single quotes, fit for a message: control characters and bytes that are no UTF-8 as `\xNN`,
/// cut after 80 bytes.
[[nodiscard]] std::string in_quotes(std::string_view name);

/// `invalid_argument` for a path that can name no file and no folder: an empty one, or one with a zero byte.
[[nodiscard]] Result<> check_path(const std::string& path);

}  // namespace varve::store
