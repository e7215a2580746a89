/// Reads and subscriptions, in batches, and the head as it grows.
#pragma once

#include <memory>

#include "net/call.hpp"
#include "server/backend.hpp"

namespace varve::server::v1 {

[[nodiscard]] std::unique_ptr<net::Handler> read_call(Backend& backend, const std::shared_ptr<net::Call>& call);
[[nodiscard]] std::unique_ptr<net::Handler> subscribe_call(Backend& backend, const std::shared_ptr<net::Call>& call);
[[nodiscard]] std::unique_ptr<net::Handler> follow_call(Backend& backend, const std::shared_ptr<net::Call>& call);

}  // namespace varve::server::v1
