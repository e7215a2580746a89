/// Spans of time as they are typed: `30d`, `12h`.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace varve::cli {

/// A whole number and one of s, m, h, d, w; at least one second. Nothing when the text is anything else.
[[nodiscard]] std::optional<std::chrono::seconds> parse_age(std::string_view text);

/// The same span in the largest unit that it is a multiple of: 3600 s -> `1h`, 90 s -> `90s`.
[[nodiscard]] std::string age_text(std::chrono::seconds age);

}  // namespace varve::cli
