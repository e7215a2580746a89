/// How the second generation of the protocol tells that something went wrong: a status with details, of which clients read the
/// first for its reason and the last for its particulars.
#pragma once

#include <server/kurrent/v2.pb.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "net/call.hpp"
#include "varve/result.hpp"

namespace varve::kurrent::v2 {

/// The numbers that stand for the states of a stream where no revision does.
inline constexpr std::int64_t no_stream = -1, any = -2, exists = -4, deleted = -5, tombstoned = -6;

[[nodiscard]] net::Status status_of(const Error& error);
[[nodiscard]] net::Status invalid(std::string_view field, std::string_view what);
[[nodiscard]] net::Status no_requests();
[[nodiscard]] net::Status stream_deleted(std::string_view stream);
[[nodiscard]] net::Status stream_tombstoned(std::string_view stream);
[[nodiscard]] net::Status already_in_session(std::string_view stream);
[[nodiscard]] net::Status revision_conflict(std::string_view stream, std::int64_t expected, std::int64_t actual);
[[nodiscard]] net::Status record_too_large(std::string_view stream, std::string_view record, std::size_t bytes,
                                           std::size_t bytes_max);
[[nodiscard]] net::Status transaction_too_large(std::size_t bytes, std::size_t bytes_max);
[[nodiscard]] net::Status consistency_violation(const AppendConsistencyViolation& violations);

}  // namespace varve::kurrent::v2
