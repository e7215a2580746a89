#include "text/base64.hpp"

#include <array>
#include <cstdint>

namespace varve::text {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint32_t invalid = 64;

constexpr std::array<std::uint8_t, 256> digits = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(invalid);
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    return table;
}();

std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
    return static_cast<unsigned char>(bytes[i]);
}

}  // namespace

void append_base64(std::string& into, std::string_view bytes) {
    into.reserve(into.size() + (bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = bytes.size() - i;
        const std::uint32_t group = byte_at(bytes, i) << 16 | (left > 1 ? byte_at(bytes, i + 1) << 8 : 0) |
                                    (left > 2 ? byte_at(bytes, i + 2) : 0);
        into += alphabet[group >> 18];
        into += alphabet[group >> 12 & 63];
        into += left > 1 ? alphabet[group >> 6 & 63] : '=';
        into += left > 2 ? alphabet[group & 63] : '=';
    }
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) return {};
    std::size_t padding = 0;
    while (padding < 2 && !text.empty() && text.back() == '=') {
        text.remove_suffix(1);
        ++padding;
    }
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (const char c : text) {
        const std::uint32_t digit = digits[static_cast<unsigned char>(c)];
        if (digit == invalid) return {};
        bits = bits << 6 | digit;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes += static_cast<char>(bits >> held & 0xff);
    }
    // Leftover bits that are not zero would make two texts mean the same bytes.
    if ((bits & ((1U << held) - 1)) != 0) return {};
    return bytes;
}

}  // namespace varve::text
