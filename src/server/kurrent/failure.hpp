/// How this protocol tells that something went wrong: a code, a text that some clients read, and trailers that others do.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/call.hpp"
#include "varve/commit.hpp"
#include "varve/result.hpp"

namespace varve::kurrent {

/// Of an error that has no name of its own in the protocol.
[[nodiscard]] net::Status status_of(const Error& error);
[[nodiscard]] net::Status invalid(std::string message);
[[nodiscard]] net::Status stream_deleted(std::string_view stream);
/// The stream is not at the revision that a deletion expects. (Appends tell it in their replies.)
[[nodiscard]] net::Status wrong_version(std::string_view stream, const Expected& expected,
                                        std::optional<Revision> actual);
[[nodiscard]] net::Status lacks_metadata(std::string_view required);
[[nodiscard]] net::Status append_too_large(std::size_t bytes_max);
[[nodiscard]] net::Status event_too_large(std::string_view id, std::size_t bytes, std::size_t bytes_max);
[[nodiscard]] net::Status bad_message(std::string_view what);

}  // namespace varve::kurrent
