#include "net/connection.hpp"

#include <algorithm>
#include <utility>

#include "net/h1_server.hpp"
#include "net/h2_server.hpp"
#include "net/shop.hpp"

namespace varve::net {
namespace {

using std::chrono_literals::operator""s;

/// What one connection writes in one turn, at most about it.
constexpr std::size_t write_bytes = 64 << 10;
/// A scratch of a greater size was one loud turn, and is given back.
constexpr std::size_t scratch_bytes = 4 * write_bytes;

/// How long a peer may take to close after the last byte was sent. Closed at once, with bytes of it unread, the kernel
/// would take back what is still on its way.
constexpr auto lingering = 1s;

/// With which HTTP/2 begins. No HTTP/1.1 method does.
constexpr std::string_view preface = "PRI ";

}  // namespace

Connection::Connection(Shop& shop, Descriptor socket, std::string peer)
    : shop_(shop),
      socket_(std::move(socket)),
      peer_(std::make_shared<const std::string>(std::move(peer))),
      budget_(shop.options.limits, shop.tally) {}

Connection::~Connection() {
    close();
}

Result<> Connection::start() {
    return shop_.loop->watch(socket_.get(), false, [this](bool readable, bool writable) { ready(readable, writable); });
}

void Connection::touch() {
    if (touched_) return;
    touched_ = true;
    shop_.touched.push_back(this);
    shop_.call_at_end();
}

void Connection::want_reading(bool reading) {
    if (!over_) shop_.loop->want_reading(socket_.get(), reading);
}

void Connection::misbehaved() {
    if (std::exchange(misbehaved_, true)) return;
    ++shop_.tally.protocol_errors;
    touch();
}

void Connection::ready(bool readable, bool writable) {
    if (over_) return;
    if (writable && std::exchange(blocked_, false)) {
        shop_.loop->want_writing(socket_.get(), false);
        touch();
    }
    if (readable) read();
}

void Connection::read() {
    std::string& arrivals = shop_.arrivals;
    const Moved moved = read_some(socket_.get(), arrivals.data(), arrivals.size());
    if (moved.what == Moved::What::would_block) return;
    if (moved.what == Moved::What::over) return drop();
    shop_.tally.bytes_in += moved.bytes;
    heard_ = Clock::now();
    asked_.reset();
    // After the last word what comes is read, so that the peer can hear that word, and not looked at.
    if (finished_) return;
    const std::string_view bytes(arrivals.data(), moved.bytes);
    if (protocol_) {
        protocol_->receive(bytes);
    } else {
        choose(bytes);
    }
    touch();
}

void Connection::choose(std::string_view bytes) {
    first_ += bytes;
    const std::size_t known = std::min(first_.size(), preface.size());
    const bool may_be_http2 = first_.compare(0, known, preface, 0, known) == 0;
    if (may_be_http2 && known < preface.size()) return;
    if (may_be_http2) {
        protocol_ = make_h2_server(shop_, *this);
    } else {
        protocol_ = make_h1_server(shop_, *this);
    }
    if (draining_) protocol_->drain();
    protocol_->receive(std::exchange(first_, {}));
}

void Connection::end_turn() {
    touched_ = false;
    if (over_) return;
    if (protocol_) protocol_->end_turn();
    if (!blocked_ && !finished_) write();
    if (over_) return;
    if (protocol_) {
        protocol_->sent();
        if (protocol_->busy()) busy_ = Clock::now();
    }
    const bool done = protocol_ ? protocol_->over() : draining_;
    if (done && unsent_.empty() && !finished_) finish();
}

void Connection::write() {
    std::string& out = shop_.scratch;
    out.assign(unsent_);
    budget_.give_back(unsent_.size());
    const bool more = protocol_ && protocol_->produce(out, write_bytes);
    unsent_.clear();
    if (out.empty()) return;
    const Moved moved = write_some(socket_.get(), out);
    if (moved.what == Moved::What::over) return drop();
    shop_.tally.bytes_out += moved.bytes;
    unsent_ = out.substr(moved.bytes);
    budget_.hold(unsent_.size());
    if (out.capacity() > scratch_bytes) out = {};
    if (!unsent_.empty()) {
        blocked_ = true;
        shop_.loop->want_writing(socket_.get(), true);
    } else if (more) {
        touch();
    }
}

void Connection::finish() {
    finished_ = Clock::now();
    shop_.loop->want_reading(socket_.get(), true);
    end_writing(socket_.get());
}

void Connection::drop() {
    close();
    touch();
}

void Connection::close() {
    if (std::exchange(over_, true)) return;
    if (protocol_) protocol_->lost();
    shop_.loop->unwatch(socket_.get());
    socket_.close();
}

void Connection::look_at_clock(Clock::time_point now) {
    if (over_) return;
    const ServerLimits& limits = shop_.options.limits;
    if (finished_) {
        if (now >= *finished_ + lingering) drop();
        return;
    }
    if (!protocol_) {
        if (now >= opened_ + limits.handshake) drop();
        return;
    }
    if (protocol_->busy()) busy_ = now;
    const Clock::time_point owed = protocol_->owed_since();
    if (owed != Clock::time_point::max() && now >= owed + limits.handshake) {
        protocol_->too_late();
        touch();
    } else if (asked_ && now >= *asked_ + limits.keepalive_timeout) {
        drop();
    } else if (!asked_ && limits.keepalive.count() > 0 && now >= heard_ + limits.keepalive && protocol_->ask()) {
        asked_ = now;
        touch();
    } else if (limits.idle.count() > 0 && now >= busy_ + limits.idle) {
        drain();
    }
}

void Connection::drain() {
    if (over_ || std::exchange(draining_, true)) return;
    if (protocol_) protocol_->drain();
    touch();
}

void Connection::abandon() {
    if (over_) return;
    if (protocol_) protocol_->abandon();
    if (!blocked_ && !finished_) write();
    drop();
}

}  // namespace varve::net
