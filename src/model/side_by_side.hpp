/// Two lists of lines beside each other: how the testing kit shows a mismatch.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace varve::testing {

/// A heading, then `expected` and `actual` line by line; `!` marks those that differ.
[[nodiscard]] std::string side_by_side(std::string_view heading, const std::vector<std::string>& expected,
                                       const std::vector<std::string>& actual);

}  // namespace varve::testing
