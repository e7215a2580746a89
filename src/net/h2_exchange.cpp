#include "net/h2_exchange.hpp"

#include <utility>
#include <vector>

#include "net/http_text.hpp"

namespace varve::net {

H2Exchange::H2Exchange(H2Host& host, StreamId id, HttpRequest request)
    : H2Body(host, id), request_(std::move(request)) {
    ++host.shop().tally.calls;
    ++host.shop().tally.calls_all;
}

void H2Exchange::refuse(unsigned status, std::string_view why) {
    if (responded() || host() == nullptr) return;
    exchange_ = std::make_shared<Exchange>(std::move(request_), host()->shop().loop, *this);
    Metadata headers;
    headers.add("content-type", "text/plain; charset=utf-8");
    exchange_->respond(status, std::move(headers), std::string(why) + "\n");
}

void H2Exchange::data(std::string_view bytes) {
    consumed(bytes.size());
    if (exchange_ || host() == nullptr) return;
    if (request_.body.size() + bytes.size() > host()->shop().options.limits.http_body_bytes) {
        return refuse(413, "the body is longer than this server takes");
    }
    if (!host()->line().budget().take(bytes.size())) {
        return refuse(503, "too much waits to be handled on this connection or on this server; try again later");
    }
    held_ += bytes.size();
    request_.body += bytes;
}

bool H2Exchange::sent() {
    if (!has_room()) return true;
    if (exchange_) exchange_->room();
    return false;
}

void H2Exchange::abandon() {
    if (!exchange_) return refuse(503, "the server stops; try again, here later or at another one");
    if (host() != nullptr) host()->session().reset(id(), H2Error::cancel);
    exchange_->detach();
}

void H2Exchange::put_head(unsigned status, const Metadata& headers, std::optional<std::size_t> length, bool body) {
    std::vector<std::pair<std::string, std::string>> sendable;
    sendable.emplace_back(":status", std::to_string(status));
    for (const auto& [name, value] : headers.fields()) {
        if (auto header = sendable_header(name, value); !header.first.empty()) sendable.push_back(std::move(header));
    }
    if (length) sendable.emplace_back("content-length", std::to_string(*length));
    sendable.emplace_back("date", http_date(std::chrono::system_clock::now()));
    std::vector<HeaderField> fields;
    fields.reserve(sendable.size());
    for (const auto& [name, value] : sendable) fields.push_back({name, value});
    H2Body::respond(fields, body);
}

bool H2Exchange::put_bytes(std::string_view bytes) {
    if (put({}, bytes)) return true;
    // What was promised cannot be kept: a short answer must not look like a whole one.
    host()->session().reset(id(), H2Error::enhance_your_calm);
    host()->line().touch();
    return false;
}

void H2Exchange::put_end() {
    seal();
}

bool H2Exchange::crowded() {
    if (host() == nullptr || !H2Body::crowded()) return false;
    host()->await_room(*this);
    return true;
}

void H2Exchange::on_end() {
    if (exchange_) return;
    if (!host()->shop().options.http) return refuse(404, "nothing is here");
    exchange_ = std::make_shared<Exchange>(std::move(request_), host()->shop().loop, *this);
    // A copy: it may go while the handler still runs.
    const std::shared_ptr<Exchange> exchange = exchange_;
    host()->shop().options.http(exchange);
}

void H2Exchange::on_closed() {
    host()->line().budget().give_back(std::exchange(held_, 0));
    if (exchange_) exchange_->detach();
    --host()->shop().tally.calls;
}

}  // namespace varve::net
