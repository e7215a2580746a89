#include "store/names.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace varve::store {
namespace {

bool is_plain_ascii(char c) {
    return c >= ' ' && c <= '~';
}

/// Eight characters at once, as there are names in every event. A byte that is below the space, beyond ASCII, or the last
/// of ASCII has its top bit set in one of the terms; what it borrows from others then changes nothing.
bool is_plain_ascii(std::string_view text) {
    constexpr std::uint64_t ones = 0x0101010101010101;
    constexpr std::uint64_t tops = 0x8080808080808080;
    while (text.size() >= sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof word);
        if (((word | (word - ones * ' ') | (word + ones)) & tops) != 0) return false;
        text.remove_prefix(sizeof word);
    }
    return std::ranges::all_of(text, [](char c) { return is_plain_ascii(c); });
}

bool is_utf8(std::string_view text) {
    return simdjson::validate_utf8(text.data(), text.size());
}

/// Requires UTF-8. The C1 characters U+0080..U+009F are the bytes C2 80 .. C2 9F.
bool has_control_character(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || byte == 0x7f) return true;
        if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
    }
    return false;
}

/// Length of the UTF-8 character at the front of `text`, 0 when there is none that may be shown.
std::size_t showable(std::string_view text) {
    for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length) {
        const std::string_view character = text.substr(0, length);
        if (is_utf8(character)) return has_control_character(character) ? 0 : length;
    }
    return 0;
}

}  // namespace

std::string name_fault(std::string_view name, std::size_t bytes_max) {
    if (name.empty()) return "is empty";
    if (name.size() > bytes_max) {
        return "has " + std::to_string(name.size()) + " bytes; the limit is " + std::to_string(bytes_max);
    }
    if (is_plain_ascii(name)) return {};
    if (!is_utf8(name)) return "is not valid UTF-8";
    if (has_control_character(name)) return "contains a control character";
    return {};
}

std::string in_quotes(std::string_view name) {
    static constexpr std::size_t shown_bytes_max = 80;
    static constexpr char digits[] = "0123456789abcdef";
    std::string text = "'";
    std::size_t at = 0;
    while (at < name.size() && at < shown_bytes_max) {
        if (const std::size_t length = showable(name.substr(at)); length != 0) {
            text += name.substr(at, length);
            at += length;
            continue;
        }
        const auto byte = static_cast<unsigned char>(name[at++]);
        text += "\\x";
        text += digits[byte >> 4];
        text += digits[byte & 15];
    }
    return text + (at < name.size() ? "...'" : "'");
}

Result<> check_path(const std::string& path) {
    if (path.empty()) return Error{Code::invalid_argument, "an empty path names no file or folder"};
    if (path.find('\0') == std::string::npos) return {};
    return Error{Code::invalid_argument,
                 "the path " + in_quotes(path) + " holds a zero byte: no file or folder can be called that"};
}

}  // namespace varve::store
