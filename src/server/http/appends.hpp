/// Writing over HTTP.
#pragma once

#include <memory>
#include <string>

#include "net/http.hpp"
#include "server/backend.hpp"

namespace varve::server::http {

/// The body is an event, or an array of events, for this stream; `?expect=` says what is expected of it.
void append_to(Backend& backend, const std::shared_ptr<net::HttpExchange>& exchange, const std::string& stream);

/// The body is a whole commit: {"events":[..],"conditions":[..],"commandId":".."}.
void append_commit(Backend& backend, const std::shared_ptr<net::HttpExchange>& exchange);

}  // namespace varve::server::http
