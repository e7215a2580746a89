#include "net/client_link.hpp"

#include <limits>
#include <utility>

namespace varve::net {
namespace {

/// What is written, or read, in one turn, at most about it.
constexpr std::size_t write_bytes = 64 << 10;
constexpr std::size_t read_bytes = 64 << 10;
/// A buffer of a greater size was one loud turn, and is given back.
constexpr std::size_t kept_bytes = 4 * write_bytes;

constexpr H2Session::Options session_options = {.side = H2Session::Side::client,
                                                .streams = 0,
                                                .header_bytes = 64 << 10,
                                                // Whoever calls may cancel as often as it likes.
                                                .resets = std::numeric_limits<std::uint32_t>::max()};

}  // namespace

ClientLink::ClientLink(Loop& loop, LinkOwner& owner, Options options, Descriptor socket)
    : loop_(loop),
      owner_(&owner),
      options_(std::move(options)),
      socket_(std::move(socket)),
      session_(session_options, *this),
      arrivals_(read_bytes, {}) {}

ClientLink::~ClientLink() {
    drop();
}

Result<> ClientLink::start() {
    touch();
    return loop_.watch(socket_.get(), false, [this](bool readable, bool writable) { ready(readable, writable); });
}

bool ClientLink::room() const {
    return greeted_ && !leaving_ && !over_ && !misbehaved_ && streams_.size() < session_.allowed_streams();
}

bool ClientLink::open(const std::shared_ptr<OutgoingCall>& call) {
    if (!call->open(*this, options_.authority)) {
        leaving_ = true;
        return false;
    }
    streams_.emplace(call->id(), call);
    useful_ = true;
    watch_peer();
    return true;
}

void ClientLink::close(const std::string& why) {
    if (over_) return;
    const auto self = shared_from_this();
    if (LinkOwner* const owner = std::exchange(owner_, nullptr); owner != nullptr) owner->over(*this, why);
    hang_up(Status::of({.code = Code::unavailable, .message = why}));
}

void ClientLink::drop() {
    owner_ = nullptr;
    hang_up(Status::of({.code = Code::cancelled, .message = "the client was closed"}));
}

void ClientLink::hang_up(const Status& status) {
    if (std::exchange(over_, true)) return;
    if (timer_ != 0) loop_.cancel(std::exchange(timer_, 0));
    loop_.unwatch(socket_.get());
    socket_.close();
    // They stay where they are: HTTP/2 may be in the middle of one of them.
    const auto streams = streams_;
    for (const auto& [id, call] : streams) call->lost(status);
}

void ClientLink::touch() {
    if (over_ || std::exchange(touched_, true)) return;
    loop_.defer([weak = weak_from_this()] {
        if (const auto link = weak.lock()) link->end_turn();
    });
}

void ClientLink::closed(StreamId id) {
    streams_.erase(id);
    touch();
}

void ClientLink::going_away(StreamId /*last*/) {
    leaving_ = true;
}

void ClientLink::ready(bool readable, bool writable) {
    const auto self = shared_from_this();
    if (over_) return;
    if (writable && std::exchange(blocked_, false)) {
        loop_.want_writing(socket_.get(), false);
        touch();
    }
    if (readable) read();
}

void ClientLink::read() {
    const Moved moved = read_some(socket_.get(), arrivals_.data(), arrivals_.size());
    if (moved.what == Moved::What::would_block) return;
    if (moved.what == Moved::What::over) {
        return close(greeted_ ? "the connection to " + options_.authority +
                                    " was lost; the server may or may not have done what was asked"
                              : "the server at " + options_.authority + " closed the connection before its first word");
    }
    heard_ = Clock::now();
    if (std::exchange(asked_, std::nullopt)) wake_at(heard_ + options_.keepalive);
    touch();
    session_.receive(std::string_view(arrivals_).substr(0, moved.bytes));
}

void ClientLink::end_turn() {
    touched_ = false;
    if (over_) return;
    for (const StreamId id : std::exchange(left_, {})) {
        if (streams_.contains(id)) session_.reset(id, H2Error::none);
    }
    owner_->turned(*this);
    if (over_) return;
    if (!blocked_) write();
    if (misbehaved_) {
        close("what " + options_.authority + " sent is no HTTP/2; is it a server of another kind?");
    } else if ((leaving_ && streams_.empty()) || session_.over()) {
        close("the server at " + options_.authority + " has ended the connection");
    }
}

void ClientLink::write() {
    const bool more = session_.produce(unsent_, write_bytes);
    if (unsent_.empty()) return;
    const Moved moved = write_some(socket_.get(), unsent_);
    // What the server has still said is read before its going is noticed.
    if (moved.what == Moved::What::over) return unsent_.clear();
    unsent_.erase(0, moved.bytes);
    if (!unsent_.empty()) {
        blocked_ = true;
        loop_.want_writing(socket_.get(), true);
        return;
    }
    if (unsent_.capacity() > kept_bytes) unsent_ = {};
    if (more) touch();
}

void ClientLink::watch_peer() {
    if (timer_ != 0 || options_.keepalive.count() <= 0) return;
    // While nothing was asked, nothing was to be heard.
    heard_ = Clock::now();
    wake_at(heard_ + options_.keepalive);
}

void ClientLink::wake_at(Clock::time_point time) {
    if (timer_ != 0) loop_.cancel(timer_);
    timer_ = loop_.at(time, [this] { look_at_clock(); });
}

void ClientLink::look_at_clock() {
    timer_ = 0;
    if (streams_.empty()) return asked_.reset();
    const Clock::time_point now = Clock::now();
    if (asked_ && now >= *asked_ + options_.keepalive_timeout) {
        return close("the server at " + options_.authority + " has given no sign of life; the connection was dropped");
    }
    if (!asked_ && now >= heard_ + options_.keepalive) {
        asked_ = now;
        session_.ping();
        touch();
    }
    wake_at(asked_ ? *asked_ + options_.keepalive_timeout : heard_ + options_.keepalive);
}

}  // namespace varve::net
