/// Append, Delete and Tombstone of the service Streams.
#pragma once

#include <memory>

#include "net/call.hpp"
#include "server/kurrent/service.hpp"

namespace varve::kurrent {

[[nodiscard]] std::unique_ptr<net::Handler> append_call(Backend& backend, const std::shared_ptr<net::Call>& call);
[[nodiscard]] std::unique_ptr<net::Handler> delete_call(Backend& backend, const std::shared_ptr<net::Call>& call);
[[nodiscard]] std::unique_ptr<net::Handler> tombstone_call(Backend& backend, const std::shared_ptr<net::Call>& call);

}  // namespace varve::kurrent
