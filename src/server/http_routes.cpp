#include "server/http_routes.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "varve/json_value.hpp"
#include "varve/version.hpp"

namespace varve::server {

namespace {

std::string in_json(std::string_view text) {
    std::string quoted;
    append_json_string(quoted, text);
    return quoted;
}

net::Metadata typed(std::string_view type) {
    net::Metadata headers;
    headers.add("content-type", std::string(type));
    return headers;
}

void respond_json(net::HttpExchange& exchange, unsigned status, std::string body) {
    exchange.respond(status, typed("application/json"), std::move(body));
}

void refuse(net::HttpExchange& exchange, unsigned status, std::string_view message) {
    respond_json(exchange, status, fmt::format("{{\"error\":{}}}", in_json(message)));
}

/// The value of `name=value` in a query, as a status of HTTP.
std::optional<unsigned> status_in(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const auto end = query.find('&');
        std::string_view part = query.substr(0, end);
        query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
        if (!part.starts_with(name) || part.size() <= name.size() || part[name.size()] != '=') continue;
        part.remove_prefix(name.size() + 1);
        unsigned status = 0;
        const auto [at, fault] = std::from_chars(part.data(), part.data() + part.size(), status);
        if (fault == std::errc{} && at == part.data() + part.size() && status >= 200 && status < 600) return status;
    }
    return {};
}

void health(const kurrent::Backend&, net::HttpExchange& exchange) {
    constexpr unsigned fine = 204;
    exchange.respond(status_in(exchange.request().query, "liveCode").value_or(fine), {}, {});
}

void ready(const kurrent::Backend& backend, net::HttpExchange& exchange) {
    if (const auto info = backend.store.info(); !info.ok()) return refuse(exchange, 503, info.error().message);
    exchange.respond(204, {}, {});
}

void info(const kurrent::Backend& backend, net::HttpExchange& exchange) {
    const auto store = backend.store.info();
    if (!store.ok()) return refuse(exchange, 503, store.error().message);
    respond_json(exchange, 200,
                 fmt::format(R"({{"esVersion":"{}","dbVersion":"{}","state":"leader","features":{{"projections":false,)"
                             R"("userManagement":false,"atomPub":false}},"authentication":{{"type":"insecure",)"
                             R"("properties":{{}}}},"varve":{{"version":"{}","engine":{},"id":{},"events":{}}}}})",
                             kurrent::protocol_version, kurrent::protocol_version, VARVE_VERSION,
                             in_json(store->engine), in_json(store->id), store->events));
}

void gossip(const kurrent::Backend& backend, net::HttpExchange& exchange) {
    const auto now = std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now());
    respond_json(exchange, 200,
                 fmt::format(R"({{"members":[{{"instanceId":"{0}","timeStamp":"{1}","state":"Leader","isAlive":true,)"
                             R"("httpEndPointIp":{2},"httpEndPointPort":{3}}}],"serverIp":{2},"serverPort":{3}}})",
                             backend.instance.to_string(), to_string(now), in_json(backend.address), backend.port));
}

void stats(const kurrent::Backend& backend, net::HttpExchange& exchange) {
    const auto store = backend.store.info();
    if (!store.ok()) return refuse(exchange, 503, store.error().message);
    respond_json(exchange, 200,
                 fmt::format(R"({{"es":{{"head":{},"logBytes":{},"segments":{},"commits":{}}}}})", store->events,
                             store->log_bytes, store->segments, store->commits));
}

struct Route {
    std::string_view path;
    void (*answer)(const kurrent::Backend& backend, net::HttpExchange& exchange);
};
constexpr std::array routes{Route{"/health/live", health}, Route{"/ready", ready}, Route{"/info", info},
                            Route{"/gossip", gossip}, Route{"/stats", stats}};

}  // namespace

void answer_http(const kurrent::Backend& backend, net::HttpExchange& exchange) {
    const net::HttpRequest& request = exchange.request();
    for (const Route& route : routes) {
        if (route.path != request.path) continue;
        if (request.method == "GET" || request.method == "HEAD") return route.answer(backend, exchange);
        return refuse(exchange, 405, fmt::format("{} is there to be read: GET it", route.path));
    }
    refuse(exchange, 404, fmt::format("there is nothing at {}; try /info", request.path));
}

}  // namespace varve::server
