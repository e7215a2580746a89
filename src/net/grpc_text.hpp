/// How gRPC writes things into headers: bytes, texts and times.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace varve::net {

/// Base64 without padding, as `-bin` metadata is sent.
[[nodiscard]] std::string to_base64(std::string_view bytes);
/// With or without padding. Nothing: it is no base64.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

/// As `grpc-message` and values that may be no ASCII are sent: what is not printable ASCII, and `%`, becomes `%XX`. Not longer
/// than `most`; cut between two characters of UTF-8.
[[nodiscard]] std::string percent_encoded(std::string_view text, std::size_t most = std::string_view::npos);
/// `%` without two hexadecimal digits stands for itself.
[[nodiscard]] std::string percent_decoded(std::string_view text);

/// Longer timeouts are as good as this one.
constexpr std::chrono::hours longest_timeout{24 * 365};
/// `grpc-timeout`: `100m`, `10S`. Nothing: it is none.
[[nodiscard]] std::optional<std::chrono::nanoseconds> parse_timeout(std::string_view text);

}  // namespace varve::net
