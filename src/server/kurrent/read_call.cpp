#include "server/kurrent/read_call.hpp"

#include <optional>
#include <utility>

#include "server/flow.hpp"
#include "server/kurrent/failure.hpp"
#include "server/kurrent/read_event.hpp"
#include "server/kurrent/read_plan.hpp"
#include "server/kurrent/subscription.hpp"

namespace varve::kurrent {

namespace {

/// A read that comes to an end.
class Page final : public server::Flow, public std::enable_shared_from_this<Page> {
public:
    Page(Backend& backend, std::shared_ptr<net::Call> call, ReadPlan plan, std::optional<Cursor> cursor)
        : store_(backend.store), call_(std::move(call)), plan_(std::move(plan)), cursor_(std::move(cursor)) {}

    void pump() override;

private:
    void send(const Event& event);
    void end();
    void end_stream();

    Store store_;
    std::shared_ptr<net::Call> call_;
    ReadPlan plan_;
    std::optional<Cursor> cursor_;  ///< nothing: the plan leaves no event
    v1::ReadResp response_;         ///< kept for its memory
    std::string bytes_;             ///< likewise
    std::uint64_t sent_ = 0;
};

void Page::pump() {
    for (std::size_t looked_at = 0; !call_->full(); ++looked_at) {
        if (looked_at == share) {
            call_->loop().post([weak = weak_from_this()] {
                if (const auto self = weak.lock(); self && !self->call_->ended()) self->pump();
            });
            return;
        }
        const Event* event = cursor_ && sent_ < plan_.count ? cursor_->next() : nullptr;
        if (event == nullptr) return end();
        if (!plan_.filter || plan_.filter->matches(*event)) send(*event);
    }
}

void Page::send(const Event& event) {
    response_.Clear();
    put_read_event(store_, plan_, event, *response_.mutable_event());
    response_.SerializeToString(&bytes_);
    call_->send(bytes_);
    ++sent_;
}

void Page::end() {
    if (cursor_) {
        if (const Result<> status = cursor_->status(); !status.ok()) return call_->finish(status_of(status.error()));
    }
    if (!plan_.stream.empty()) return end_stream();
    call_->finish({});
}

void Page::end_stream() {
    response_.Clear();
    if (plan_.from_index) {
        if (sent_ == 0) {
            put_name(plan_.stream, *response_.mutable_stream_not_found()->mutable_stream_identifier());
            call_->send(response_.SerializeAsString());
        }
        return call_->finish({});
    }
    if (sent_ > 0 && plan_.compatibility == 0) return call_->finish({});
    const auto now = store_.retention(plan_.stream);
    if (!now.ok()) return call_->finish(status_of(now.error()));
    if (now->state == StreamState::tombstoned) return call_->finish(stream_deleted(plan_.stream));
    if (now->state != StreamState::live) {
        put_name(plan_.stream, *response_.mutable_stream_not_found()->mutable_stream_identifier());
        call_->send(response_.SerializeAsString());
    } else if (plan_.compatibility > 0) {
        const Revision next = *now->last + 1;
        if (sent_ == 0 && plan_.asked && *plan_.asked != next && now->first) {
            response_.set_first_stream_position(now->first->value);
            call_->send(response_.SerializeAsString());
        }
        response_.set_last_stream_position(now->last->value);
        call_->send(response_.SerializeAsString());
    }
    call_->finish({});
}

/// The request, then what answers it.
class ReadCall final : public net::Handler {
public:
    ReadCall(Backend& backend, std::shared_ptr<net::Call> call) : backend_(backend), call_(std::move(call)) {}

    void on_message(std::string_view message) override {
        if (flow_) return call_->finish(invalid("a read takes one request message, and more came"));
        v1::ReadReq request;
        if (!request.ParseFromArray(message.data(), static_cast<int>(message.size())))
            return call_->finish(bad_message("ReadReq"));
        auto plan = plan_of(request.options(), backend_.store.head());
        if (auto* refused = std::get_if<net::Status>(&plan)) return call_->finish(std::move(*refused));
        begin(std::move(std::get<ReadPlan>(plan)));
    }
    void on_half_close() override {
        if (!flow_) call_->finish(invalid("a read takes one request message, and none came"));
    }
    void on_room() override {
        if (flow_) flow_->pump();
    }

private:
    void begin(ReadPlan plan);

    Backend& backend_;
    std::shared_ptr<net::Call> call_;
    std::shared_ptr<server::Flow> flow_;
};

void ReadCall::begin(ReadPlan plan) {
    if (plan.subscription) {
        flow_ = subscribe(backend_, call_, std::move(plan));
    } else {
        std::optional<Cursor> cursor;
        if (!plan.nothing) {
            auto opened = backend_.store.read(plan.selection);
            if (!opened.ok()) return call_->finish(status_of(opened.error()));
            cursor.emplace(std::move(*opened));
        }
        flow_ = std::make_shared<Page>(backend_, call_, std::move(plan), std::move(cursor));
    }
    if (flow_) flow_->pump();
}

}  // namespace

std::unique_ptr<net::Handler> read_call(Backend& backend, const std::shared_ptr<net::Call>& call) {
    return std::make_unique<ReadCall>(backend, call);
}

}  // namespace varve::kurrent
