#include "net/exchange.hpp"

#include <utility>

#include "net/http_text.hpp"

namespace varve::net {

void Exchange::respond(unsigned status, Metadata headers, std::string body) {
    if (!open(false)) return;
    begun_ = true;
    bodyless_ = request_.method == "HEAD" || bodyless(status);
    const bool lengthless = bodyless(status);
    sink_->put_head(status, headers, lengthless ? std::nullopt : std::optional(body.size()),
                    !bodyless_ && !body.empty());
    if (!body.empty()) piece(body);
    end();
}

void Exchange::begin(unsigned status, Metadata headers) {
    if (!open(false)) return;
    begun_ = true;
    bodyless_ = request_.method == "HEAD" || bodyless(status);
    sink_->put_head(status, headers, std::nullopt, !bodyless_);
}

void Exchange::piece(std::string_view bytes) {
    if (!open(true) || bodyless_ || bytes.empty()) return;
    ended_ = !sink_->put_bytes(bytes);
}

void Exchange::end() {
    if (!open(true)) return;
    ended_ = true;
    sink_->put_end();
}

void Exchange::room() {
    if (!ended_) notify();
}

void Exchange::detach() {
    sink_ = nullptr;
    gone_ = !ended_;
    if (gone_) notify();
    changed_ = nullptr;
}

void Exchange::notify() {
    // A copy: it may set another one.
    const auto changed = changed_;
    if (changed) changed();
}

}  // namespace varve::net
