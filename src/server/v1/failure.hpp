/// How this API tells that something went wrong: code, message and ErrorDetails.
#pragma once

#include "net/call.hpp"
#include "varve/result.hpp"

namespace varve::server::v1 {

[[nodiscard]] net::Status status_of(const Error& error);

}  // namespace varve::server::v1
