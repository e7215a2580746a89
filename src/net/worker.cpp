#include "net/worker.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace varve::net {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;

/// How often the clock is looked at: often enough for the shortest of the limits.
Clock::duration period_of(const ServerLimits& limits) {
    Clock::duration shortest = 4s;
    for (const auto limit : {limits.handshake, limits.idle, limits.keepalive, limits.keepalive_timeout}) {
        if (limit.count() > 0) shortest = std::min<Clock::duration>(shortest, limit);
    }
    return std::max<Clock::duration>(shortest / 4, 1ms);
}

}  // namespace

Worker::Worker(const ServerOptions& options, Tally& tally, std::shared_ptr<Loop> loop)
    : shop_{.options = options, .tally = tally, .loop = std::move(loop)}, period_(period_of(options.limits)) {
    shop_.end_turn = [this] { end_turn(); };
}

Worker::~Worker() {
    connections_.clear();
    // What a handler does when it goes may retire nothing more: their calls are over.
    shop_.retired.clear();
}

void Worker::start() {
    timer_ = shop_.loop->at(Clock::now() + period_, [this] { look_at_clock(); });
}

void Worker::adopt(Descriptor socket, std::string peer) {
    auto connection = std::make_unique<Connection>(shop_, std::move(socket), std::move(peer));
    // Where the loop has no room for it, it is closed as if it had been refused.
    if (!connection->start().ok()) {
        ++shop_.tally.connections_refused;
        --shop_.tally.connections;
        return;
    }
    if (empty_) connection->drain();
    connections_.emplace(connection.get(), std::move(connection));
}

void Worker::drain(std::function<void()> empty) {
    empty_ = std::move(empty);
    for (const auto& [connection, owned] : connections_) connection->drain();
    tell_empty();
}

void Worker::abandon() {
    for (const auto& [connection, owned] : connections_) connection->abandon();
}

void Worker::end_turn() {
    shop_.turn_ends = false;
    for (Connection* const connection : std::exchange(shop_.touched, {})) {
        connection->end_turn();
        if (!connection->over()) continue;
        connections_.erase(connection);
        --shop_.tally.connections;
    }
    // Destructors may do anything, e.g. end other calls.
    const auto retired = std::exchange(shop_.retired, {});
    tell_empty();
}

void Worker::look_at_clock() {
    const Clock::time_point now = Clock::now();
    for (const auto& [connection, owned] : connections_) connection->look_at_clock(now);
    timer_ = shop_.loop->at(now + period_, [this] { look_at_clock(); });
}

void Worker::tell_empty() {
    if (connections_.empty() && empty_) std::exchange(empty_, [] {})();
}

}  // namespace varve::net
