#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <string>

namespace varve {
namespace {

using Limits = std::map<std::string, std::uint64_t>;

/// Every match of `line` in a file of the tree: a name, a number, and perhaps a shift to the left.
Limits limits_in(const std::filesystem::path& file, const std::regex& line) {
    std::ifstream in(std::filesystem::path(VARVE_SOURCE_ROOT) / file);
    EXPECT_TRUE(in) << file;
    Limits limits;
    std::smatch found;
    for (std::string text; std::getline(in, text);) {
        if (!std::regex_search(text, found, line)) continue;
        const std::uint64_t shift = found[3].matched ? std::stoull(found[3]) : 0;
        EXPECT_TRUE(limits.emplace(found[1], std::stoull(found[2]) << shift).second) << "twice: " << text;
    }
    return limits;
}

TEST(LimitsPage, is_equal_to_the_header) {
    const auto header = limits_in("include/varve/limits.hpp",
                                  std::regex(R"(^inline constexpr std::size_t (\w+) = (\d+)(?: << (\d+))?;)"));
    const auto page = limits_in("docs/limits.md", std::regex(R"(^\| `(\w+)` \| (\d+) \|)"));
    EXPECT_GE(header.size(), 11U);
    EXPECT_EQ(page, header);
}

}  // namespace
}  // namespace varve
