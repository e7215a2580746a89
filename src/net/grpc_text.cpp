#include "net/grpc_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace varve::net {
namespace {

constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t no_digit = 64;

constexpr auto values = [] {
    std::array<std::uint8_t, 256> table{};
    table.fill(no_digit);
    for (std::size_t i = 0; i < digits.size(); ++i) {
        table[static_cast<unsigned char>(digits[i])] = static_cast<std::uint8_t>(i);
    }
    return table;
}();

std::optional<int> hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return std::nullopt;
}

bool plain(char c) {
    return c >= ' ' && c <= '~' && c != '%';
}

/// How many bytes of text begin the character at its front; 1 where it is no UTF-8.
std::size_t character_size(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t size = first < 0xC0 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return std::min(size, text.size());
}

}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() * 4 + 2) / 3);
    std::uint32_t waiting = 0;
    int bits = 0;
    for (const char byte : bytes) {
        waiting = waiting << 8 | static_cast<unsigned char>(byte);
        for (bits += 8; bits >= 6; bits -= 6) text += digits[waiting >> (bits - 6) & 63];
    }
    if (bits > 0) text += digits[waiting << (6 - bits) & 63];
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 == 0) {
        for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) text.remove_suffix(1);
    }
    if (text.size() % 4 == 1) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() * 3 / 4);
    std::uint32_t waiting = 0;
    int bits = 0;
    for (const char c : text) {
        const std::uint8_t value = values[static_cast<unsigned char>(c)];
        if (value == no_digit) return std::nullopt;
        waiting = waiting << 6 | value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            bytes += static_cast<char>(waiting >> bits & 0xFF);
        }
    }
    return bytes;
}

std::string percent_encoded(std::string_view text, std::size_t most) {
    static constexpr std::string_view hex_digits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(std::min(text.size(), most));
    while (!text.empty()) {
        const std::size_t size = character_size(text);
        std::string character;
        for (const char c : text.substr(0, size)) {
            if (plain(c)) {
                character += c;
            } else {
                const auto byte = static_cast<unsigned char>(c);
                character += {'%', hex_digits[byte >> 4], hex_digits[byte & 15]};
            }
        }
        if (encoded.size() + character.size() > most) break;
        encoded += character;
        text.remove_prefix(size);
    }
    return encoded;
}

std::string percent_decoded(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size()) {
            const auto high = hex(text[i + 1]);
            const auto low = hex(text[i + 2]);
            if (high && low) {
                decoded += static_cast<char>(*high * 16 + *low);
                i += 2;
                continue;
            }
        }
        decoded += text[i];
    }
    return decoded;
}

std::optional<std::chrono::nanoseconds> parse_timeout(std::string_view text) {
    using std::chrono::nanoseconds;
    if (text.size() < 2) return std::nullopt;
    nanoseconds unit{};
    switch (text.back()) {
        case 'H': unit = std::chrono::hours(1); break;
        case 'M': unit = std::chrono::minutes(1); break;
        case 'S': unit = std::chrono::seconds(1); break;
        case 'm': unit = std::chrono::milliseconds(1); break;
        case 'u': unit = std::chrono::microseconds(1); break;
        case 'n': unit = nanoseconds(1); break;
        default: return std::nullopt;
    }
    text.remove_suffix(1);
    const std::int64_t most = nanoseconds(longest_timeout) / unit;
    std::int64_t count = 0;
    for (const char c : text) {
        if (c < '0' || c > '9') return std::nullopt;
        // The protocol allows eight digits, not all of its users do.
        count = std::min(count * 10 + (c - '0'), most);
    }
    return count * unit;
}

}  // namespace varve::net
