/// What is answered over HTTP: whether the server lives, what it is, who its members are.
#pragma once

#include "net/http.hpp"
#include "server/kurrent/service.hpp"

namespace varve::server {

/// Responds, whatever was asked.
void answer_http(const kurrent::Backend& backend, net::HttpExchange& exchange);

}  // namespace varve::server
