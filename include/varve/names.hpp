/// From the names of types to the names of things stored: categories, tables, columns.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace varve {

/// `BankAccount` -> `bank_account`, `HTTPServer` -> `http_server`, `Order2Line` -> `order2_line`. What is neither a
/// letter nor a digit becomes one `_`; none stands at the beginning or the end. ASCII only: other bytes are kept.
[[nodiscard]] constexpr std::string snake_case(std::string_view name) {
    const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
    const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto digit = [](char c) { return c >= '0' && c <= '9'; };
    std::string snake;
    bool gap = false;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const char c = name[i];
        const bool other = !upper(c) && !lower(c) && !digit(c) && static_cast<unsigned char>(c) < 0x80;
        if (other) {
            gap = true;
            continue;
        }
        if (upper(c) && i > 0) {
            const bool after_word = lower(name[i - 1]) || digit(name[i - 1]);
            const bool before_word = upper(name[i - 1]) && i + 1 < name.size() && lower(name[i + 1]);
            gap = gap || after_word || before_word;
        }
        if (gap && !snake.empty()) snake += '_';
        gap = false;
        snake += upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return snake;
}

}  // namespace varve
