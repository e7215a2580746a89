/// Read of the service Streams: pages, and subscriptions (subscription.hpp).
#pragma once

#include <memory>

#include "net/call.hpp"
#include "server/kurrent/service.hpp"

namespace varve::kurrent {

[[nodiscard]] std::unique_ptr<net::Handler> read_call(Backend& backend, const std::shared_ptr<net::Call>& call);

}  // namespace varve::kurrent
