#include "net/h2_body.hpp"

#include <utility>

namespace varve::net {
namespace {

/// As much of one stream may wait here; more would only be cancelled later. Small, since a peer that hangs up on a stream
/// gets what is on the way all the same.
constexpr std::size_t unsent_bytes_max = 256 << 10;

}  // namespace

void H2Body::header(std::string_view name, std::string_view value) {
    // Trailers of a request mean nothing here; without end they are no trailers.
    trailer_bytes_ += name.size() + value.size();
    if (host_ != nullptr && trailer_bytes_ > host_->shop().options.limits.header_bytes) {
        host_->session().reset(id_, H2Error::enhance_your_calm);
    }
}

void H2Body::end() {
    if (std::exchange(peer_ended_, true)) return;
    on_end();
}

H2Stream::Waiting H2Body::waiting() {
    asleep_ = unsent_.empty() && !sealed_;
    return {unsent_.size(), sealed_};
}

void H2Body::take(std::size_t count, std::string& out) {
    unsent_.take(count, out);
    if (host_ != nullptr) host_->line().budget().give_back(count);
}

void H2Body::end_sent() {
    // What the client still sends is of no use to anybody: it may stop without having failed.
    if (host_ != nullptr && !peer_ended_) host_->session().reset(id_, H2Error::none);
}

void H2Body::closed() {
    if (host_ == nullptr) return;
    forget_unsent();
    on_closed();
    host_ = nullptr;
}

void H2Body::respond(std::span<const HeaderField> head, bool body) {
    if (host_ == nullptr || std::exchange(responded_, true)) return;
    host_->session().respond(id_, head, body);
    host_->line().touch();
}

bool H2Body::put(std::string_view prefix, std::string_view bytes) {
    if (host_ == nullptr) return true;
    if (!host_->line().budget().take(prefix.size() + bytes.size())) return false;
    unsent_.push(prefix);
    unsent_.push(bytes);
    wake();
    return true;
}

void H2Body::seal() {
    sealed_ = true;
    wake();
}

void H2Body::forget_unsent() {
    if (host_ != nullptr) host_->line().budget().give_back(unsent_.size());
    unsent_.clear();
}

void H2Body::consumed(std::size_t bytes) {
    if (host_ == nullptr || bytes == 0) return;
    host_->session().consumed(id_, bytes);
    host_->line().touch();
}

bool H2Body::crowded() const {
    if (host_ == nullptr) return false;
    return unsent_.size() > unsent_bytes_max || host_->session().window(id_) == 0 || host_->line().budget().tight();
}

bool H2Body::has_room() const {
    return unsent_.size() <= unsent_bytes_max / 2 && !crowded();
}

void H2Body::wake() {
    if (host_ == nullptr) return;
    if (std::exchange(asleep_, false)) host_->session().resume(id_);
    host_->line().touch();
}

}  // namespace varve::net
