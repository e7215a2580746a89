#include "model/side_by_side.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

namespace varve::testing {

std::string side_by_side(std::string_view heading, const std::vector<std::string>& expected,
                         const std::vector<std::string>& actual) {
    constexpr std::string_view column = "expected";
    std::size_t width = column.size();
    for (const std::string& line : expected) width = std::max(width, line.size());
    std::string text = fmt::format("{}\n    {:<{}}   actual\n", heading, column, width);
    const std::string none = "-";
    for (std::size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
        const std::string& left = i < expected.size() ? expected[i] : none;
        const std::string& right = i < actual.size() ? actual[i] : none;
        text += fmt::format("  {} {:<{}}   {}\n", left == right ? ' ' : '!', left, width, right);
    }
    return text;
}

}  // namespace varve::testing
