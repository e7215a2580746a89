#include <simdjson.h>

#include <array>
#include <cstring>

#include "varve/json_value.hpp"

namespace varve {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

enum class Byte : std::uint8_t { plain, escaped, beyond_ascii };

constexpr auto bytes = [] {
    std::array<Byte, 256> table{};
    for (std::size_t c = 0; c < table.size(); ++c) {
        table[c] = c >= 0x80 ? Byte::beyond_ascii : c < 0x20 || c == '"' || c == '\\' ? Byte::escaped : Byte::plain;
    }
    return table;
}();

Byte kind_of(char c) {
    return bytes[static_cast<unsigned char>(c)];
}

/// Whether all eight bytes are plain: the usual case, tested at once. A byte has its top bit set in one of the terms
/// when it is beyond ASCII, a quote, a backslash or a control character.
bool eight_plain(const char* at) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = 0x8080808080808080;
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    const std::uint64_t quote = word ^ (ones * '"');
    const std::uint64_t backslash = word ^ (ones * '\\');
    return ((word | (word - ones * 0x20) | (quote - ones) | (backslash - ones)) & tops) == 0;
}

void append_escaped(std::string& out, char c) {
    static constexpr char digits[] = "0123456789abcdef";
    switch (c) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        default:
            out += "\\u00";
            out += digits[static_cast<unsigned char>(c) >> 4];
            out += digits[c & 15];
    }
}

/// The length of the UTF-8 character at the front of a text, 0 when there is none.
std::size_t character_at(std::string_view text) {
    for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
        if (simdjson::validate_utf8(text.data(), length)) return length;
    }
    return 0;
}

std::string repaired(std::string_view text) {
    std::string good;
    while (!text.empty()) {
        const std::size_t length = character_at(text);
        good += length > 0 ? text.substr(0, length) : replacement;
        text.remove_prefix(length > 0 ? length : 1);
    }
    return good;
}

}  // namespace

bool append_json_string(std::string& out, std::string_view text) {
    const std::size_t before = out.size();
    out += '"';
    std::size_t plain_from = 0;
    bool ascii = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        while (i + 8 < text.size() && eight_plain(text.data() + i)) i += 8;
        const Byte kind = kind_of(text[i]);
        if (kind == Byte::plain) continue;
        if (kind == Byte::beyond_ascii) {
            ascii = false;
            continue;
        }
        out.append(text, plain_from, i - plain_from);
        append_escaped(out, text[i]);
        plain_from = i + 1;
    }
    out.append(text, plain_from);
    out += '"';
    if (ascii || simdjson::validate_utf8(text.data(), text.size())) return true;
    out.resize(before);
    append_json_string(out, repaired(text));
    return false;
}

}  // namespace varve
