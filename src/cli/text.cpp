#include "cli/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cwchar>

namespace varve::cli {
namespace {

/// The code point at the front of a text and how many bytes it takes; `bytes` is 1 and `valid` false where the
/// text is no UTF-8.
struct Character {
    char32_t code = 0;
    std::size_t bytes = 1;
    bool valid = false;
};

Character first_character(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    if (lead < 0x80) return {.code = lead, .bytes = 1, .valid = true};
    const std::size_t bytes = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < bytes) return {};
    char32_t code = lead & (0x7fU >> bytes);
    for (std::size_t i = 1; i < bytes; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xc0) != 0x80) return {};
        code = code << 6 | (next & 0x3f);
    }
    constexpr std::array<char32_t, 5> smallest = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = code >= 0xd800 && code < 0xe000;
    if (code < smallest[bytes] || code > 0x10ffff || surrogate) return {};
    return {.code = code, .bytes = bytes, .valid = true};
}

/// Marks that turn the direction of text around: in a log viewer they only serve to mislead.
bool turns_direction(char32_t code) {
    return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

bool harmless(const Character& c) {
    const bool control = c.code < 0x20 || (c.code >= 0x7f && c.code < 0xa0);
    return c.valid && !control && !turns_direction(c.code);
}

std::size_t columns_of(char32_t code) {
    if (code < 0x7f) return 1;
    const int width = ::wcwidth(static_cast<wchar_t>(code));
    return width < 0 ? 1 : static_cast<std::size_t>(width);
}

}  // namespace

std::string one_line(std::string_view text) {
    std::string line;
    line.reserve(text.size());
    while (!text.empty()) {
        const Character c = first_character(text);
        if (harmless(c)) {
            line += text.substr(0, c.bytes);
        } else if (c.code == '\n' || c.code == '\r' || c.code == '\t') {
            line += ' ';
        } else {
            for (const char byte : text.substr(0, c.bytes))
                line += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
        }
        text.remove_prefix(c.bytes);
    }
    return line;
}

std::size_t columns(std::string_view text) {
    std::size_t width = 0;
    while (!text.empty()) {
        const Character c = first_character(text);
        width += columns_of(c.code);
        text.remove_prefix(c.bytes);
    }
    return width;
}

std::string shortened(std::string_view text, std::size_t width) {
    if (text.size() <= width || columns(text) <= width) return std::string(text);
    if (width == 0) return {};
    std::size_t used = 0;
    std::size_t bytes = 0;
    while (true) {
        const Character c = first_character(text.substr(bytes));
        const std::size_t wide = columns_of(c.code);
        if (used + wide > width - 1) break;
        used += wide;
        bytes += c.bytes;
    }
    return std::string(text.substr(0, bytes)) + "…";
}

std::string padded(std::string_view text, std::size_t width) {
    const std::size_t used = columns(text);
    return std::string(text) + std::string(width > used ? width - used : 0, ' ');
}

std::string right_aligned(std::string_view text, std::size_t width) {
    const std::size_t used = columns(text);
    return std::string(width > used ? width - used : 0, ' ') + std::string(text);
}

std::string with_commas(std::uint64_t number) {
    std::string text = std::to_string(number);
    for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, ",");
    return text;
}

std::string counted(std::uint64_t number, std::string_view one) {
    return with_commas(number) + " " + std::string(one) + (number == 1 ? "" : "s");
}

std::string log_text(std::uint64_t bytes, std::uint64_t segments, std::uint64_t compressed) {
    return bytes_text(bytes) + " in " + counted(segments, "segment") +
           (compressed > 0 ? ", " + with_commas(compressed) + " compressed" : "");
}

std::string bytes_text(std::uint64_t bytes) {
    static constexpr std::array<std::string_view, 5> units = {"KiB", "MiB", "GiB", "TiB", "PiB"};
    if (bytes < 1024) return fmt::format("{} B", bytes);
    double amount = static_cast<double>(bytes) / 1024;
    std::size_t unit = 0;
    for (; amount >= 1023.95 && unit + 1 < units.size(); ++unit) amount /= 1024;
    return fmt::format("{:.1f} {}", amount, units[unit]);
}

std::string duration_text(std::chrono::seconds duration) {
    const auto seconds = std::max<std::chrono::seconds::rep>(duration.count(), 0);
    if (seconds < 60) return fmt::format("{}s", seconds);
    if (seconds < 3600) return fmt::format("{}m{:02}s", seconds / 60, seconds % 60);
    return fmt::format("{}h{:02}m", seconds / 3600, seconds / 60 % 60);
}

}  // namespace varve::cli
