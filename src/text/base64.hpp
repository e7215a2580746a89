/// Bytes as text (RFC 4648, the usual alphabet, with padding).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace varve::text {

/// Appends the bytes as base64.
void append_base64(std::string& into, std::string_view bytes);

/// The bytes; nothing when the text is not base64 with exact padding.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace varve::text
