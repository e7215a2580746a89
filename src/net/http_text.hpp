/// How HTTP writes things into a head, whichever its version.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace varve::net {

/// `Sun, 06 Nov 1994 08:49:37 GMT`
[[nodiscard]] std::string http_date(std::chrono::system_clock::time_point time);
/// `Not Found`; empty where the number has no name.
[[nodiscard]] std::string_view http_reason(unsigned status);
/// Has an answer of this status no body, whatever was asked?
[[nodiscard]] bool bodyless(unsigned status);

/// Of a header that an answer may carry: its name in lower case, and its value without a byte that would end it. An empty
/// name: it is none, or one that the transport writes itself (lengths, encodings, what belongs to one connection).
[[nodiscard]] std::pair<std::string, std::string> sendable_header(std::string_view name, std::string_view value);

/// `/path?query` in its two parts.
[[nodiscard]] std::pair<std::string, std::string> split_target(std::string_view target);

}  // namespace varve::net
