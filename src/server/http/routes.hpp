/// What is answered over HTTP: the store for whoever has no client but curl, and whether the server lives, and what it is.
#pragma once

#include <memory>

#include "net/http.hpp"
#include "server/backend.hpp"

namespace varve::server::http {

/// Responds, whatever was asked; now or later.
void answer(Backend& backend, const std::shared_ptr<net::HttpExchange>& exchange);

}  // namespace varve::server::http
