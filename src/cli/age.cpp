#include "cli/age.hpp"

#include <array>
#include <limits>
#include <utility>

#include "cli/command_line.hpp"

namespace varve::cli {
namespace {

constexpr std::array<std::pair<char, std::int64_t>, 5> units = {
    {{'w', 7 * 86400}, {'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}}};

}  // namespace

std::optional<std::chrono::seconds> parse_age(std::string_view text) {
    for (const auto& [letter, seconds] : units) {
        if (!text.ends_with(letter)) continue;
        const auto number = parse_number(text.substr(0, text.size() - 1));
        const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / seconds);
        if (!number || *number == 0 || *number > most) return std::nullopt;
        return std::chrono::seconds(static_cast<std::int64_t>(*number) * seconds);
    }
    return std::nullopt;
}

std::string age_text(std::chrono::seconds age) {
    for (const auto& [letter, seconds] : units) {
        if (age.count() % seconds == 0 && (letter != 'w')) return std::to_string(age.count() / seconds) + letter;
    }
    return std::to_string(age.count()) + "s";
}

}  // namespace varve::cli
