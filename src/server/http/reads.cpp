#include "server/http/reads.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <utility>

#include "server/flow.hpp"
#include "server/http/answers.hpp"
#include "server/http/selecting.hpp"
#include "text/error_json.hpp"
#include "text/event_json.hpp"
#include "varve/json_value.hpp"
#include "varve/store.hpp"

namespace varve::server::http {

namespace {

using Exchange = std::shared_ptr<net::HttpExchange>;

/// A client that has gone is noticed by what cannot be sent to it.
constexpr std::chrono::seconds sign_of_life{15};
constexpr Deadline at_once{};
constexpr std::size_t streams_usually = 1000;

/// Keeps a flow for as long as its exchange is there, and pumps it when there is room.
void run(const Exchange& exchange, const std::shared_ptr<Flow>& flow) {
    exchange->on_change([weak = std::weak_ptr(exchange), flow] {
        if (const auto there = weak.lock(); there && !there->gone()) flow->pump();
    });
    flow->pump();
}

class Lines final : public Flow, public std::enable_shared_from_this<Lines> {
public:
    Lines(const Exchange& exchange, Cursor cursor) : exchange_(exchange), cursor_(std::move(cursor)) {}

    void pump() override {
        const auto exchange = exchange_.lock();
        if (!exchange || exchange->gone() || over_) return;
        for (std::size_t looked_at = 0; !exchange->full(); ++looked_at) {
            if (looked_at == share) return exchange->loop().post([self = shared_from_this()] { self->pump(); });
            const Event* event = cursor_.next();
            if (event == nullptr) return end(*exchange);
            line_.clear();
            text::append_event_json(line_, *event);
            line_ += '\n';
            exchange->piece(line_);
        }
    }

private:
    void end(net::HttpExchange& exchange) {
        over_ = true;
        // The head is gone: a line that is no event says that something is missing.
        if (const Result<> status = cursor_.status(); !status.ok())
            exchange.piece(text::error_json(status.error()) + "\n");
        exchange.end();
    }

    std::weak_ptr<net::HttpExchange> exchange_;
    Cursor cursor_;
    std::string line_;  ///< kept for its memory
    bool over_ = false;
};

class Live final : public Flow, public std::enable_shared_from_this<Live> {
public:
    Live(Backend& backend, const Exchange& exchange, Subscription events)
        : backend_(backend), exchange_(exchange), events_(std::move(events)) {}

    void pump() override {
        const auto exchange = exchange_.lock();
        if (!exchange || exchange->gone() || waiting_) return;
        for (std::size_t taken = 0; !exchange->full(); ++taken) {
            if (taken == share) return exchange->loop().post([self = shared_from_this()] { self->pump(); });
            const auto event = events_.next(at_once);
            if (!event.ok()) {
                exchange->piece("event: error\ndata: " + text::error_json(event.error()) + "\n\n");
                return exchange->end();
            }
            if (*event == nullptr) return rest(exchange);
            send(*exchange, **event);
        }
    }
    /// Again and again, until the client has gone.
    void show_life() {
        const auto exchange = exchange_.lock();
        if (!exchange || exchange->gone()) return;
        if (!exchange->full()) exchange->piece(":\n\n");
        exchange->loop().at(net::Clock::now() + sign_of_life, [weak = weak_from_this()] {
            if (const auto self = weak.lock()) self->show_life();
        });
    }

private:
    void send(net::HttpExchange& exchange, const Event& event) {
        line_ = "id: " + std::to_string(event.position.value) + "\ndata: ";
        text::append_event_json(line_, event);
        line_ += "\n\n";
        exchange.piece(line_);
    }
    void rest(const Exchange& exchange) {
        waiting_ = true;
        backend_.heads.wait(events_.position(), exchange->loop(), weak_from_this(), [this] {
            waiting_ = false;
            pump();
        });
    }

    Backend& backend_;
    std::weak_ptr<net::HttpExchange> exchange_;
    Subscription events_;
    std::string line_;  ///< kept for its memory
    bool waiting_ = false;
};

/// Behind the event that a client has seen last.
Result<> resume(const net::HttpRequest& request, Selection& selection) {
    const auto seen = request.headers.find("last-event-id");
    if (!seen || seen->empty()) return {};
    std::uint64_t position = 0;
    const auto [end, fault] = std::from_chars(seen->data(), seen->data() + seen->size(), position);
    if (fault != std::errc{} || end != seen->data() + seen->size()) {
        return Error{.code = Code::invalid_argument,
                     .message = "Last-Event-ID is '" + std::string(*seen) + "'; it must be the position of an event"};
    }
    selection.from = Position{position} + 1;
    selection.from_revision.reset();
    return {};
}

void follow(Backend& backend, const Exchange& exchange, Selection selection) {
    if (Result<> resumed = resume(exchange->request(), selection); !resumed.ok())
        return refuse(*exchange, resumed.error());
    auto events = backend.store.subscribe(std::move(selection));
    if (!events.ok()) return refuse(*exchange, events.error());
    auto headers = of_type("text/event-stream");
    headers.add("cache-control", "no-cache");
    exchange->begin(200, std::move(headers));
    const auto flow = std::make_shared<Live>(backend, exchange, *std::move(events));
    run(exchange, flow);
    flow->show_life();
}

}  // namespace

void read_events(Backend& backend, const Exchange& exchange, const std::string& stream) {
    auto selection = selection_of(exchange->request().query, stream);
    if (!selection.ok()) return refuse(*exchange, selection.error());
    const auto accepts = exchange->request().headers.find("accept");
    if (accepts && accepts->find("text/event-stream") != std::string_view::npos)
        return follow(backend, exchange, *std::move(selection));
    auto cursor = backend.store.read(*selection);
    if (!cursor.ok()) return refuse(*exchange, cursor.error());
    exchange->begin(200, of_type("application/jsonl"));
    run(exchange, std::make_shared<Lines>(exchange, *std::move(cursor)));
}

void list_streams(Backend& backend, const Exchange& exchange) {
    const auto given = Parameters::parse(exchange->request().query, {"prefix", "after", "limit"});
    if (!given.ok()) return refuse(*exchange, given.error());
    const auto limit = given->number("limit");
    if (!limit.ok()) return refuse(*exchange, limit.error());
    const auto streams =
        backend.store.streams(given->find("prefix").value_or(""), given->find("after").value_or(""),
                              std::min<std::uint64_t>(limit->value_or(streams_usually), 10 * streams_usually));
    if (!streams.ok()) return refuse(*exchange, streams.error());
    std::string lines;
    for (const StreamInfo& stream : *streams) {
        lines += "{\"name\":";
        append_json_string(lines, stream.name);
        lines += ",\"lastRevision\":" + std::to_string(stream.last.value) +
                 ",\"lastPosition\":" + std::to_string(stream.last_position.value) + "}\n";
    }
    exchange->respond(200, of_type("application/jsonl"), std::move(lines));
}

}  // namespace varve::server::http
