#include "net/connecting.hpp"

#include <algorithm>
#include <utility>

#include "net/lookup.hpp"

namespace varve::net {

Connecting::Connecting(Loop& loop, std::string host, std::uint16_t port, Done done)
    : loop_(loop), host_(std::move(host)), port_(port), done_(std::move(done)) {}

Connecting::~Connecting() {
    stop_watching();
}

void Connecting::start() {
    addresses_ = known_addresses(host_, port_);
    std::ranges::reverse(addresses_);
    if (!addresses_.empty()) return try_next();
    auto lookup = Lookup::start(host_, port_);
    if (!lookup.ok()) return finish(std::move(lookup).error());
    lookup_ = *std::move(lookup);
    watched_ = lookup_->descriptor();
    if (auto watching = loop_.watch(watched_, false, [this](bool, bool) { looked_up(); }); !watching.ok()) {
        finish(std::move(watching).error());
    }
}

void Connecting::looked_up() {
    if (!lookup_->done()) return;
    auto found = lookup_->take();
    stop_watching();
    lookup_.reset();
    if (!found.ok()) return finish(std::move(found).error());
    addresses_ = *std::move(found);
    std::ranges::reverse(addresses_);
    try_next();
}

void Connecting::try_next() {
    while (!addresses_.empty()) {
        const Address address = std::move(addresses_.back());
        addresses_.pop_back();
        auto socket = begin_connecting(address);
        if (!socket.ok()) {
            trouble_ = socket.error().message;
            continue;
        }
        socket_ = *std::move(socket);
        watched_ = socket_.get();
        auto watching = loop_.watch(watched_, true, [this](bool, bool) { tried(); });
        if (watching.ok()) return;
        trouble_ = watching.error().message;
        stop_watching();
    }
    finish(Error{.code = Code::unavailable,
                 .message = "cannot connect to " + host_ + ", port " + std::to_string(port_) + ": " + trouble_ +
                            "; is a server running there?"});
}

void Connecting::tried() {
    stop_watching();
    const std::string trouble = trouble_of_connecting(socket_.get());
    if (trouble.empty()) return finish(std::move(socket_));
    trouble_ = trouble;
    socket_.close();
    try_next();
}

void Connecting::finish(Result<Descriptor> socket) {
    stop_watching();
    // It may destroy this.
    const Done done = std::move(done_);
    done(std::move(socket));
}

void Connecting::stop_watching() {
    if (watched_ >= 0) loop_.unwatch(std::exchange(watched_, -1));
}

}  // namespace varve::net
