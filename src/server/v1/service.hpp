/// Our own API (src/wire/store.proto): the store as it is, over gRPC.
#pragma once

#include <memory>

#include "net/call.hpp"
#include "server/backend.hpp"

namespace varve::server::v1 {

/// Answers the calls whose paths are this API's; for another's path it answers nullptr and leaves the call as it is.
[[nodiscard]] std::unique_ptr<net::Handler> accept(Backend& backend, const std::shared_ptr<net::Call>& call);

}  // namespace varve::server::v1
