/// How an append ended, in the messages of the protocol.
#pragma once

#include <server/kurrent/v1.pb.h>

#include <optional>

#include "server/kurrent/appending.hpp"

namespace varve::kurrent {

void put_success(const Appended& appended, v1::AppendResp::Success& out);
void put_wrong_version(const Expected& expected, std::optional<Revision> actual, v1::AppendResp::WrongVersion& out);
/// The Status of a batch that was not appended. Requires an outcome that is no success.
void put_failure(const AppendOutcome& outcome, std::string_view stream, const Expected& expected, v1::BatchStatus& out);
/// A batch that is refused before it reached the store, or whose time was over.
void put_failure(Code code, std::string_view message, std::string_view name, v1::BatchStatus& out);
void put_too_large(std::size_t bytes_max, v1::BatchStatus& out);

}  // namespace varve::kurrent
