#include "server/http/answers.hpp"

#include <utility>

#include "text/error_json.hpp"

namespace varve::server::http {

net::Metadata of_type(std::string_view content_type) {
    net::Metadata headers;
    headers.add("content-type", std::string(content_type));
    return headers;
}

void respond_json(net::HttpExchange& exchange, unsigned status, std::string body) {
    exchange.respond(status, of_type("application/json"), std::move(body) + "\n");
}

unsigned status_of(Code code) {
    switch (code) {
        case Code::invalid_argument:
        case Code::out_of_range: return 400;
        case Code::unauthenticated: return 401;
        case Code::permission_denied: return 403;
        case Code::not_found: return 404;
        case Code::already_exists:
        case Code::aborted: return 409;
        case Code::failed_precondition: return 412;
        case Code::unimplemented: return 501;
        case Code::resource_exhausted:
        case Code::cancelled:
        case Code::unavailable: return 503;
        case Code::deadline_exceeded: return 504;
        case Code::unknown:
        case Code::internal:
        case Code::data_loss: break;
    }
    return 500;
}

void refuse(net::HttpExchange& exchange, const Error& error) {
    respond_json(exchange, status_of(error.code), text::error_json(error));
}

}  // namespace varve::server::http
