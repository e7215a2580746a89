#include "server/v1/streaming.hpp"

#include <wire/store.pb.h>

#include <utility>

#include "server/flow.hpp"
#include "server/unary.hpp"
#include "server/v1/failure.hpp"
#include "wire/events.hpp"

namespace varve::server::v1 {

namespace {

namespace messages = varve::v1;

constexpr Deadline at_once{};
/// A batch goes out when it has so many bytes, or there is nothing more at the moment.
constexpr std::size_t batch_bytes = 64 << 10;

std::size_t bytes_of(const Event& event) {
    return event.data.size() + event.metadata.size() + event.stream.size() + event.type.size() + 64;
}

/// Gathers events and sends them.
class Batcher {
public:
    explicit Batcher(net::Call& call) : call_(call) {}

    void add(const Event& event) {
        wire::put(event, *batch_.add_events());
        bytes_ += bytes_of(event);
    }
    [[nodiscard]] bool empty() const { return batch_.events().empty(); }
    [[nodiscard]] bool complete() const { return bytes_ >= batch_bytes; }
    void send(Position position) {
        batch_.set_position(position.value);
        batch_.SerializeToString(&text_);
        call_.send(text_);
        batch_.Clear();
        bytes_ = 0;
    }

private:
    net::Call& call_;
    messages::Batch batch_;
    std::string text_;  ///< kept for its memory
    std::size_t bytes_ = 0;
};

class Reading final : public Flow, public std::enable_shared_from_this<Reading> {
public:
    Reading(std::shared_ptr<net::Call> call, Cursor cursor)
        : call_(std::move(call)), cursor_(std::move(cursor)), batch_(*call_) {}

    void pump() override {
        for (std::size_t looked_at = 0; !call_->full(); ++looked_at) {
            if (looked_at == share) {
                return call_->loop().post([self = shared_from_this()] {
                    if (!self->call_->ended()) self->pump();
                });
            }
            const Event* event = cursor_.next();
            if (event == nullptr) return end();
            batch_.add(*event);
            if (batch_.complete()) batch_.send({});
        }
    }

private:
    void end() {
        if (!batch_.empty()) batch_.send({});
        const Result<> status = cursor_.status();
        call_->finish(status.ok() ? net::Status{} : status_of(status.error()));
    }

    std::shared_ptr<net::Call> call_;
    Cursor cursor_;
    Batcher batch_;
};

class Subscribing final : public Flow, public std::enable_shared_from_this<Subscribing> {
public:
    Subscribing(Backend& backend, std::shared_ptr<net::Call> call, Subscription events)
        : backend_(backend), call_(std::move(call)), events_(std::move(events)), batch_(*call_) {}

    void pump() override {
        if (waiting_) return;
        for (std::size_t taken = 0; !call_->full(); ++taken) {
            if (taken == share) {
                return call_->loop().post([self = shared_from_this()] {
                    if (!self->call_->ended()) self->pump();
                });
            }
            const auto event = events_.next(at_once);
            if (!event.ok()) return call_->finish(status_of(event.error()));
            if (*event == nullptr) return rest();
            batch_.add(**event);
            if (batch_.complete()) batch_.send(events_.position());
        }
    }

private:
    void rest() {
        // Also without events: what it has passed by need not be looked at again.
        if (!batch_.empty() || events_.position() > told_) batch_.send(events_.position());
        told_ = events_.position();
        waiting_ = true;
        backend_.heads.wait(told_, call_->loop(), weak_from_this(), [this] {
            waiting_ = false;
            if (!call_->ended()) pump();
        });
    }

    Backend& backend_;
    std::shared_ptr<net::Call> call_;
    Subscription events_;
    Batcher batch_;
    Position told_;
    bool waiting_ = false;
};

class Following final : public Flow, public std::enable_shared_from_this<Following> {
public:
    Following(Backend& backend, std::shared_ptr<net::Call> call) : backend_(backend), call_(std::move(call)) {}

    void pump() override {
        if (waiting_ || call_->full()) return;
        const Position head = backend_.store.head();
        messages::Standing standing;
        standing.set_head(head.value);
        call_->send(standing.SerializeAsString());
        waiting_ = true;
        backend_.heads.wait(head, call_->loop(), weak_from_this(), [this] {
            waiting_ = false;
            if (!call_->ended()) pump();
        });
    }

private:
    Backend& backend_;
    std::shared_ptr<net::Call> call_;
    bool waiting_ = false;
};

/// The request, then the flow that answers it: `begin(call, request)`, or nullptr where it has finished the call.
template <class Request, class Begin>
class FlowCall final : public net::Handler {
public:
    FlowCall(std::shared_ptr<net::Call> call, Begin begin) : call_(std::move(call)), begin_(std::move(begin)) {}

    void on_message(std::string_view message) override {
        Request request;
        if (flow_ || !request.ParseFromArray(message.data(), static_cast<int>(message.size())))
            return call_->finish(malformed("the request is not one valid protobuf message"));
        flow_ = begin_(call_, request);
        if (flow_) flow_->pump();
    }
    void on_half_close() override {
        if (!flow_) call_->finish(malformed("this method takes one request message, and none came"));
    }
    void on_room() override {
        if (flow_) flow_->pump();
    }

private:
    std::shared_ptr<net::Call> call_;
    Begin begin_;
    std::shared_ptr<Flow> flow_;
};

template <class Request, class Begin>
std::unique_ptr<net::Handler> flow_call(const std::shared_ptr<net::Call>& call, Begin begin) {
    return std::make_unique<FlowCall<Request, Begin>>(call, std::move(begin));
}

std::shared_ptr<Flow> refused(net::Call& call, const Error& error) {
    call.finish(status_of(error));
    return nullptr;
}

}  // namespace

std::unique_ptr<net::Handler> read_call(Backend& backend, const std::shared_ptr<net::Call>& call) {
    return flow_call<messages::Selection>(
        call, [&backend](const auto& of, const messages::Selection& request) -> std::shared_ptr<Flow> {
            const auto selection = wire::selection_of(request);
            if (!selection.ok()) return refused(*of, selection.error());
            auto cursor = backend.store.read(*selection);
            if (!cursor.ok()) return refused(*of, cursor.error());
            return std::make_shared<Reading>(of, *std::move(cursor));
        });
}

std::unique_ptr<net::Handler> subscribe_call(Backend& backend, const std::shared_ptr<net::Call>& call) {
    return flow_call<messages::Selection>(
        call, [&backend](const auto& of, const messages::Selection& request) -> std::shared_ptr<Flow> {
            auto selection = wire::selection_of(request);
            if (!selection.ok()) return refused(*of, selection.error());
            auto events = backend.store.subscribe(*std::move(selection));
            if (!events.ok()) return refused(*of, events.error());
            return std::make_shared<Subscribing>(backend, of, *std::move(events));
        });
}

std::unique_ptr<net::Handler> follow_call(Backend& backend, const std::shared_ptr<net::Call>& call) {
    return flow_call<messages::FollowRequest>(
        call, [&backend](const auto& of, const messages::FollowRequest&) -> std::shared_ptr<Flow> {
            return std::make_shared<Following>(backend, of);
        });
}

}  // namespace varve::server::v1
