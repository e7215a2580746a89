/// Rules about one file's text: lengths, leftovers, first lines.
#pragma once

#include "house/tree.hpp"

namespace house {

inline constexpr std::size_t file_lines_max = 400;

/// C++ files, scripts and CMake files are at most file_lines_max lines long. (Functions: clang-tidy.)
[[nodiscard]] Findings check_length(const File& file);

/// Notes to self, debug output, code in comments, paths of one machine, sleeping tests.
[[nodiscard]] Findings check_leftovers(const File& file);

/// `#pragma once` in every header, and a `///` line first in every public one.
[[nodiscard]] Findings check_header_start(const File& file);

/// src/<room>/x_test.cpp stands beside the x it tests (x.hpp or x.cpp; `x_more_test.cpp` may stand beside x too).
[[nodiscard]] Findings check_test_has_subject(const File& file, const Tree& tree);

}  // namespace house
