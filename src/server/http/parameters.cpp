#include "server/http/parameters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace varve::server::http {

namespace {

Error bad(std::string message) {
    return {.code = Code::invalid_argument, .message = std::move(message)};
}

std::optional<int> digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return {};
}

}  // namespace

Result<std::string> decoded(std::string_view text, bool plus_is_space) {
    std::string made;
    made.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '+' && plus_is_space) {
            made += ' ';
        } else if (text[i] != '%') {
            made += text[i];
        } else {
            const auto high = i + 2 < text.size() ? digit(text[i + 1]) : std::nullopt;
            const auto low = high ? digit(text[i + 2]) : std::nullopt;
            if (!low) return bad(fmt::format("the URL has a '%' without two hexadecimal digits behind it: '{}'", text));
            made += static_cast<char>(*high * 16 + *low);
            i += 2;
        }
    }
    return made;
}

Result<Parameters> Parameters::parse(std::string_view query, const std::vector<std::string_view>& known) {
    Parameters made;
    while (!query.empty()) {
        const auto end = query.find('&');
        const std::string_view part = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        if (part.empty()) continue;
        const auto equals = part.find('=');
        auto name = decoded(part.substr(0, equals), true);
        if (!name.ok()) return std::move(name).error();
        auto value = decoded(equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1), true);
        if (!value.ok()) return std::move(value).error();
        if (std::ranges::find(known, *name) == known.end())
            return bad(fmt::format("no parameter '{}'; there are: {}", *name, fmt::join(known, ", ")));
        made.values_.emplace_back(*std::move(name), *std::move(value));
    }
    return made;
}

std::optional<std::string_view> Parameters::find(std::string_view name) const {
    std::optional<std::string_view> found;
    for (const auto& [its_name, value] : values_)
        if (its_name == name) found = value;
    return found;
}

std::vector<std::string> Parameters::all(std::string_view name) const {
    std::vector<std::string> found;
    for (const auto& [its_name, value] : values_)
        if (its_name == name) found.push_back(value);
    return found;
}

Result<std::optional<std::uint64_t>> Parameters::number(std::string_view name) const {
    const auto text = find(name);
    if (!text) return std::optional<std::uint64_t>();
    std::uint64_t number = 0;
    const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (fault != std::errc{} || end != text->data() + text->size() || text->empty())
        return bad(fmt::format("{} is '{}'; it must be a whole number", name, *text));
    return std::optional(number);
}

}  // namespace varve::server::http
