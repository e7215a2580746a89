#include "server/http/routes.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

#include "server/http/answers.hpp"
#include "server/http/appends.hpp"
#include "server/http/parameters.hpp"
#include "server/http/reads.hpp"
#include "server/http/status_pages.hpp"

namespace varve::server::http {

namespace {

using Exchange = std::shared_ptr<net::HttpExchange>;

constexpr std::string_view one_stream = "/v1/streams/";

template <void (*page)(const Backend&, net::HttpExchange&)>
void show(Backend& backend, const Exchange& exchange) {
    page(backend, *exchange);
}

void read_all(Backend& backend, const Exchange& exchange) {
    read_events(backend, exchange, {});
}

struct Route {
    std::string_view method;
    std::string_view path;
    void (*answer)(Backend& backend, const Exchange& exchange);
};
constexpr std::array routes{
    Route{"GET", "/health/live", show<health>}, Route{"GET", "/ready", show<ready>},
    Route{"GET", "/info", show<info>},          Route{"GET", "/gossip", show<gossip>},
    Route{"GET", "/stats", show<stats>},        Route{"GET", "/v1/events", read_all},
    Route{"GET", "/v1/streams", list_streams},  Route{"POST", "/v1/commits", append_commit},
};

bool fits(std::string_view wanted, std::string_view method) {
    return method == wanted || (wanted == "GET" && method == "HEAD");
}

void answer_stream(Backend& backend, const Exchange& exchange) {
    const net::HttpRequest& request = exchange->request();
    const auto stream = decoded(std::string_view(request.path).substr(one_stream.size()), false);
    if (!stream.ok()) return refuse(*exchange, stream.error());
    if (fits("GET", request.method)) return read_events(backend, exchange, *stream);
    if (request.method == "POST") return append_to(backend, exchange, *stream);
    respond_json(*exchange, 405,
                 R"({"error":{"code":"unimplemented","message":"GET a stream, or POST events to it"}})");
}

}  // namespace

void answer(Backend& backend, const Exchange& exchange) {
    const net::HttpRequest& request = exchange->request();
    if (request.path.starts_with(one_stream) && request.path.size() > one_stream.size())
        return answer_stream(backend, exchange);
    std::string_view other_method;
    for (const Route& route : routes) {
        if (route.path != request.path) continue;
        if (fits(route.method, request.method)) return route.answer(backend, exchange);
        other_method = route.method;
    }
    if (!other_method.empty()) {
        return respond_json(*exchange, 405,
                            fmt::format(R"({{"error":{{"code":"unimplemented","message":"{} takes {} only"}}}})",
                                        request.path, other_method));
    }
    refuse(*exchange,
           Error{.code = Code::not_found, .message = "there is nothing here; try /info, /v1/events or /v1/streams"});
}

}  // namespace varve::server::http
