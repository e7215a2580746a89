#include "net/h2_server.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/grpc_call.hpp"
#include "net/h2_exchange.hpp"
#include "net/h2_request.hpp"
#include "net/h2_session.hpp"

namespace varve::net {
namespace {

class H2Server final : public Protocol, public H2Owner, public H2Host, public H2Heads {
public:
    H2Server(Shop& shop, Line& line)
        : shop_(shop),
          line_(line),
          session_({.side = H2Session::Side::server,
                    .streams = shop.options.limits.streams,
                    .header_bytes = shop.options.limits.header_bytes,
                    .resets = shop.options.limits.resets},
                   *this) {}

    // Protocol:
    void receive(std::string_view bytes) override { session_.receive(bytes); }
    void end_turn() override;
    bool produce(std::string& out, std::size_t limit) override { return session_.produce(out, limit); }
    void sent() override;
    [[nodiscard]] bool over() const override { return session_.over() || (refusing_ && streams_.empty()); }
    [[nodiscard]] bool busy() const override { return !streams_.empty(); }
    [[nodiscard]] Clock::time_point owed_since() const override { return owed_since_; }
    void too_late() override { session_.terminate(H2Error::enhance_your_calm); }
    bool ask() override;
    void drain() override;
    void abandon() override;
    void lost() override;

    // H2Owner:
    H2Stream* opened(StreamId id) override;
    void closed(StreamId id) override;
    void greeted() override { owed_since_ = Clock::time_point::max(); }
    void drained() override { refusing_ = true; }
    void misbehaved() override { line_.misbehaved(); }

    // H2Host:
    [[nodiscard]] H2Session& session() override { return session_; }
    [[nodiscard]] Line& line() override { return line_; }
    [[nodiscard]] Shop& shop() override { return shop_; }
    void attend(H2Body& body) override;
    void await_room(H2Body& body) override;

    // H2Heads:
    void head_read(StreamId id, H2Head head) override;

private:
    struct Stream {
        std::shared_ptr<H2Stream> stream;
        H2Body* body = nullptr;  ///< the same, once the head was read
    };

    void become(StreamId id, std::shared_ptr<H2Stream> stream, H2Body& body);
    [[nodiscard]] H2Body* body_of(StreamId id) const;
    void take_call(StreamId id, H2Head head);
    void take_exchange(StreamId id, H2Head head);

    Shop& shop_;
    Line& line_;
    H2Session session_;
    std::unordered_map<StreamId, Stream> streams_;
    std::vector<StreamId> attended_;
    std::vector<StreamId> awaiting_;
    Clock::time_point owed_since_ = Clock::now();
    bool refusing_ = false;
};

void H2Server::end_turn() {
    for (const StreamId id : std::exchange(attended_, {})) {
        H2Body* const body = body_of(id);
        if (body == nullptr) continue;
        body->attended = false;
        body->end_turn();
    }
}

void H2Server::sent() {
    for (const StreamId id : std::exchange(awaiting_, {})) {
        H2Body* const body = body_of(id);
        if (body == nullptr) continue;
        body->awaiting = false;
        if (body->sent()) await_room(*body);
    }
}

bool H2Server::ask() {
    session_.ping();
    return true;
}

void H2Server::drain() {
    session_.drain();
}

void H2Server::abandon() {
    std::vector<StreamId> ids;
    for (const auto& [id, stream] : streams_) {
        if (stream.body != nullptr) ids.push_back(id);
    }
    for (const StreamId id : ids) {
        if (H2Body* const body = body_of(id); body != nullptr) body->abandon();
    }
}

void H2Server::lost() {
    // One by one: what a handler does when its call is cancelled may look at the others.
    while (!streams_.empty()) {
        const auto node = streams_.extract(streams_.begin());
        node.mapped().stream->closed();
    }
}

H2Stream* H2Server::opened(StreamId id) {
    auto request = std::make_shared<H2Request>(*this, id, shop_.options.limits.header_bytes);
    H2Stream* const stream = request.get();
    owed_since_ = Clock::now();
    streams_[id] = {std::move(request)};
    return stream;
}

void H2Server::closed(StreamId id) {
    const auto found = streams_.find(id);
    if (found == streams_.end()) return;
    if (found->second.body == nullptr) owed_since_ = Clock::time_point::max();
    streams_.erase(found);
}

void H2Server::attend(H2Body& body) {
    if (!std::exchange(body.attended, true)) attended_.push_back(body.id());
    line_.touch();
}

void H2Server::await_room(H2Body& body) {
    if (!std::exchange(body.awaiting, true)) awaiting_.push_back(body.id());
}

void H2Server::head_read(StreamId id, H2Head head) {
    owed_since_ = Clock::time_point::max();
    if (head.asks_grpc()) {
        take_call(id, std::move(head));
    } else {
        take_exchange(id, std::move(head));
    }
}

void H2Server::become(StreamId id, std::shared_ptr<H2Stream> stream, H2Body& body) {
    session_.become(id, *stream);
    streams_[id] = {std::move(stream), &body};
}

H2Body* H2Server::body_of(StreamId id) const {
    const auto found = streams_.find(id);
    return found == streams_.end() ? nullptr : found->second.body;
}

void H2Server::take_call(StreamId id, H2Head head) {
    const bool too_large = head.too_large;
    const auto call = std::make_shared<GrpcCall>(
        *this, id, GrpcCall::Begin{.path = std::move(head.path), .metadata = std::move(head.fields)});
    become(id, call, *call);
    if (!too_large) return GrpcCall::accept(call);
    call->finish({.code = static_cast<std::uint32_t>(Code::resource_exhausted),
                  .message = "the metadata is longer than this server takes: " +
                             std::to_string(shop_.options.limits.header_bytes) + " bytes"});
}

void H2Server::take_exchange(StreamId id, H2Head head) {
    const bool too_large = head.too_large;
    const bool foreign_grpc = head.asks_foreign_grpc();
    const auto exchange = std::make_shared<H2Exchange>(*this, id, std::move(head).request(*line_.peer()));
    become(id, exchange, *exchange);
    if (too_large) return exchange->refuse(431, "the headers are longer than this server takes");
    if (foreign_grpc) return exchange->refuse(415, "this server takes application/grpc and application/grpc+proto");
}

}  // namespace

std::unique_ptr<Protocol> make_h2_server(Shop& shop, Line& line) {
    return std::make_unique<H2Server>(shop, line);
}

}  // namespace varve::net
