#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "remote/asking.hpp"
#include "remote/remote_engine.hpp"
#include "varve/remote.hpp"

namespace varve {

namespace {

constexpr std::string_view scheme = "varve://";
constexpr std::uint16_t usual_port = 2113;

Error no_place(const std::string& where) {
    return {.code = Code::invalid_argument,
            .message = fmt::format("'{}' names no server; write it like varve://127.0.0.1:2113", where)};
}

Result<net::ClientOptions> place_of(const std::string& where) {
    if (!where.starts_with(scheme)) return no_place(where);
    std::string_view rest = std::string_view(where).substr(scheme.size());
    if (rest.ends_with('/')) rest.remove_suffix(1);
    net::ClientOptions options;
    options.port = usual_port;
    const auto bracket = rest.rfind(']');
    const auto colon = rest.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        const std::string_view port = rest.substr(colon + 1);
        const auto [end, fault] = std::from_chars(port.data(), port.data() + port.size(), options.port);
        if (fault != std::errc{} || end != port.data() + port.size() || options.port == 0) return no_place(where);
        rest = rest.substr(0, colon);
    }
    if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
    if (rest.empty() || rest.find_first_of("/?#@ ") != std::string_view::npos) return no_place(where);
    options.host = std::string(rest);
    return options;
}

}  // namespace

Result<Store> connect(const std::string& where, const ConnectOptions& options) {
    auto place = place_of(where);
    if (!place.ok()) return std::move(place).error();
    if (options.patience < std::chrono::milliseconds(1))
        return Error{.code = Code::invalid_argument, .message = "patience must be at least one millisecond"};
    auto connection = remote::Connection::make(*std::move(place), options.patience);
    if (!connection.ok()) return std::move(connection).error();
    auto engine = std::make_shared<remote::RemoteEngine>(*std::move(connection));
    // Whether there is a store, and how far it has come.
    if (const auto info = engine->info(); !info.ok()) return Error(info.error()).within(where);
    return Store(std::move(engine));
}

}  // namespace varve
