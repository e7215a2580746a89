/// Text for people: safe on a terminal, shortened to a width, numbers one can read.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace varve::cli {

/// The text on one line and harmless to a terminal: line breaks and tabs become spaces, other control
/// characters and bytes that are no UTF-8 become `\xNN`.
[[nodiscard]] std::string one_line(std::string_view text);

/// Columns that the text takes on a terminal. Requires harmless text (see one_line).
[[nodiscard]] std::size_t columns(std::string_view text);

/// At most `width` columns of the text, the last one an ellipsis when something was cut off. Never cuts a
/// character in two. Requires harmless text.
[[nodiscard]] std::string shortened(std::string_view text, std::size_t width);

/// The text followed (or, right-aligned, preceded) by spaces up to `width` columns.
[[nodiscard]] std::string padded(std::string_view text, std::size_t width);
[[nodiscard]] std::string right_aligned(std::string_view text, std::size_t width);

/// 1234567 -> `1,234,567`.
[[nodiscard]] std::string with_commas(std::uint64_t number);
/// `1 event`, `1,234 events`.
[[nodiscard]] std::string counted(std::uint64_t number, std::string_view one);
/// What a log takes: `1.2 MiB in 3 segments, 2 compressed`.
[[nodiscard]] std::string log_text(std::uint64_t bytes, std::uint64_t segments, std::uint64_t compressed);
/// 1536 -> `1.5 KiB`.
[[nodiscard]] std::string bytes_text(std::uint64_t bytes);
/// 65 s -> `1m05s`, 3 h 4 min -> `3h04m`.
[[nodiscard]] std::string duration_text(std::chrono::seconds duration);

}  // namespace varve::cli
