/// How HTTP answers: in JSON, and errors as `--json` of the command line tells them.
#pragma once

#include <string>

#include "net/http.hpp"
#include "varve/result.hpp"

namespace varve::server::http {

[[nodiscard]] net::Metadata of_type(std::string_view content_type);
void respond_json(net::HttpExchange& exchange, unsigned status, std::string body);
/// With the status that fits its code.
void refuse(net::HttpExchange& exchange, const Error& error);
[[nodiscard]] unsigned status_of(Code code);

}  // namespace varve::server::http
