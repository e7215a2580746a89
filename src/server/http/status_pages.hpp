/// Whether the server lives, what it is, who its members are, how much it holds.
#pragma once

#include "net/http.hpp"
#include "server/backend.hpp"

namespace varve::server::http {

void health(const Backend& backend, net::HttpExchange& exchange);
void ready(const Backend& backend, net::HttpExchange& exchange);
void info(const Backend& backend, net::HttpExchange& exchange);
void gossip(const Backend& backend, net::HttpExchange& exchange);
void stats(const Backend& backend, net::HttpExchange& exchange);

}  // namespace varve::server::http
