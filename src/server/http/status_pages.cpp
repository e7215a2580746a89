#include "server/http/status_pages.hpp"

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <string_view>

#include "server/http/answers.hpp"
#include "server/http/parameters.hpp"
#include "server/kurrent/service.hpp"
#include "varve/json_value.hpp"
#include "varve/version.hpp"

namespace varve::server::http {

namespace {

std::string in_json(std::string_view text) {
    std::string quoted;
    append_json_string(quoted, text);
    return quoted;
}

}  // namespace

void health(const Backend&, net::HttpExchange& exchange) {
    constexpr std::uint64_t fine = 204;
    const auto given = Parameters::parse(exchange.request().query, {"liveCode"});
    if (!given.ok()) return refuse(exchange, given.error());
    const auto wanted = given->number("liveCode");
    const std::uint64_t status = wanted.ok() ? wanted->value_or(fine) : fine;
    exchange.respond(status >= 200 && status < 600 ? static_cast<unsigned>(status) : fine, {}, {});
}

void ready(const Backend& backend, net::HttpExchange& exchange) {
    if (const auto store = backend.store.info(); !store.ok()) return refuse(exchange, store.error());
    exchange.respond(204, {}, {});
}

void info(const Backend& backend, net::HttpExchange& exchange) {
    const auto store = backend.store.info();
    if (!store.ok()) return refuse(exchange, store.error());
    respond_json(exchange, 200,
                 fmt::format(R"({{"esVersion":"{}","dbVersion":"{}","state":"leader","features":{{"projections":false,)"
                             R"("userManagement":false,"atomPub":false}},"authentication":{{"type":"insecure",)"
                             R"("properties":{{}}}},"varve":{{"version":"{}","engine":{},"id":{},"events":{}}}}})",
                             kurrent::protocol_version, kurrent::protocol_version, VARVE_VERSION,
                             in_json(store->engine), in_json(store->id), store->events));
}

void gossip(const Backend& backend, net::HttpExchange& exchange) {
    const auto now = std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now());
    respond_json(exchange, 200,
                 fmt::format(R"({{"members":[{{"instanceId":"{0}","timeStamp":"{1}","state":"Leader","isAlive":true,)"
                             R"("httpEndPointIp":{2},"httpEndPointPort":{3}}}],"serverIp":{2},"serverPort":{3}}})",
                             backend.instance.to_string(), to_string(now), in_json(backend.address), backend.port));
}

void stats(const Backend& backend, net::HttpExchange& exchange) {
    const auto store = backend.store.info();
    if (!store.ok()) return refuse(exchange, store.error());
    respond_json(exchange, 200,
                 fmt::format(R"({{"es":{{"head":{},"logBytes":{},"segments":{},"commits":{}}}}})", store->events,
                             store->log_bytes, store->segments, store->commits));
}

}  // namespace varve::server::http
