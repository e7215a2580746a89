/// Reading over HTTP: events as JSON Lines, or live as server-sent events.
#pragma once

#include <memory>
#include <string>

#include "net/http.hpp"
#include "server/backend.hpp"

namespace varve::server::http {

/// Of a stream, or of what the URL's parameters choose where it is empty. With `Accept: text/event-stream` it goes on with what
/// comes, and `Last-Event-ID` says where a client has been.
void read_events(Backend& backend, const std::shared_ptr<net::HttpExchange>& exchange, const std::string& stream);

/// Names of streams with their last revisions, a line each.
void list_streams(Backend& backend, const std::shared_ptr<net::HttpExchange>& exchange);

}  // namespace varve::server::http
