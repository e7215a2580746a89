/// What stands behind the `?` of a URL.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "varve/result.hpp"

namespace varve::server::http {

/// Text of a URL, where `%20` and, in parameters, `+` stand for a space. Errors: `invalid_argument` (a `%` without two digits).
[[nodiscard]] Result<std::string> decoded(std::string_view text, bool plus_is_space);

class Parameters {
public:
    /// Errors: `invalid_argument` (what cannot be decoded, or a name that is not one of `known`).
    [[nodiscard]] static Result<Parameters> parse(std::string_view query, const std::vector<std::string_view>& known);

    /// The last of that name; nothing: it was not given.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
    /// As find. Errors: `invalid_argument` (it is no whole number).
    [[nodiscard]] Result<std::optional<std::uint64_t>> number(std::string_view name) const;

private:
    std::vector<std::pair<std::string, std::string>> values_;
};

}  // namespace varve::server::http
