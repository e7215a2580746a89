/// Inside the model: the cursor of a page as text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "varve/export.hpp"

namespace varve::detail {

/// The cursor behind this key (as JSON). `walk` says which rows are walked over, and how: a cursor is good for that alone.
[[nodiscard]] VARVE_API std::string write_cursor(std::string_view walk, std::string_view key);
/// The key. Throws Failure, `invalid_argument`, when it is no cursor, was changed, or is that of another walk.
[[nodiscard]] VARVE_API std::string read_cursor(std::string_view walk, std::string_view cursor);
/// Throws Failure, `invalid_argument`, when no page may be so long.
VARVE_API void check_page_rows(std::size_t limit);

}  // namespace varve::detail
