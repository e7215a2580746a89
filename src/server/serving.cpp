#include "server/serving.hpp"

#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include <utility>

#include "server/backend.hpp"
#include "server/head_watch.hpp"
#include "server/http/routes.hpp"
#include "server/kurrent/service.hpp"
#include "server/v1/service.hpp"

namespace varve::server {

namespace {

constexpr unsigned loops_max = 64;

bool is_of_this_machine(const std::string& address) {
    return address == "localhost" || address == "::1" || address.starts_with("127.");
}

}  // namespace

struct Serving::Inside {
    explicit Inside(const Store& store, std::string address)
        : heads(store), backend{store, heads, std::move(address)} {}
    ~Inside() {
        heads.stop();
        net.reset();
    }

    HeadWatch heads;
    Backend backend;
    std::unique_ptr<net::Server> net;
};

Serving::Serving(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Serving::~Serving() = default;

Result<std::unique_ptr<Serving>> Serving::start(Store store, const ServingOptions& options) {
    if (!is_of_this_machine(options.address)) {
        return Error{
            .code = Code::invalid_argument,
            .message = fmt::format("the server cannot listen on '{}': it has no TLS and no users yet, so it is "
                                   "for programs of this machine only; use 127.0.0.1, ::1 or localhost",
                                   options.address)};
    }
    if (options.loops < 1 || options.loops > loops_max) {
        return Error{.code = Code::invalid_argument,
                     .message = fmt::format("{} threads cannot serve; choose 1 to {}", options.loops, loops_max)};
    }
    // It would write a line to standard error for each text of a stranger's that is no UTF-8.
    google::protobuf::SetLogHandler(nullptr);
    auto inside = std::make_unique<Inside>(store, options.address);
    auto& backend = inside->backend;
    net::ServerOptions wanted{.address = options.address == "localhost" ? "127.0.0.1" : options.address,
                              .port = options.port,
                              .loops = options.loops,
                              .limits = options.limits};
    wanted.accept = [&backend](const std::shared_ptr<net::Call>& call) {
        auto handler = v1::accept(backend, call);
        return handler || call->ended() ? std::move(handler) : kurrent::accept(backend, call);
    };
    wanted.http = [&backend](const std::shared_ptr<net::HttpExchange>& exchange) { http::answer(backend, exchange); };
    auto net = net::Server::start(std::move(wanted));
    if (!net.ok()) return std::move(net).error();
    backend.port = (*net)->port();
    inside->net = std::move(*net);
    return std::unique_ptr<Serving>(new Serving(std::move(inside)));
}

std::uint16_t Serving::port() const {
    return inside_->net->port();
}

net::ServerCounters Serving::counters() const {
    return inside_->net->counters();
}

void Serving::stop(std::chrono::milliseconds drain) {
    inside_->net->stop(drain);
}

}  // namespace varve::server
