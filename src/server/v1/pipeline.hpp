/// Many commits on one call.
#pragma once

#include <memory>

#include "net/call.hpp"
#include "server/backend.hpp"

namespace varve::server::v1 {

[[nodiscard]] std::unique_ptr<net::Handler> pipeline_call(Backend& backend, const std::shared_ptr<net::Call>& call);

}  // namespace varve::server::v1
