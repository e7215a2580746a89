#include "server/kurrent/subscription.hpp"

#include <optional>
#include <string>
#include <utility>

#include "server/kurrent/failure.hpp"
#include "server/kurrent/read_event.hpp"

namespace varve::kurrent {

namespace {

constexpr Deadline at_once{};

class CatchUp final : public server::Flow, public std::enable_shared_from_this<CatchUp> {
public:
    CatchUp(Backend& backend, std::shared_ptr<net::Call> call, ReadPlan plan, Subscription events)
        : backend_(backend), call_(std::move(call)), plan_(std::move(plan)), events_(std::move(events)) {}

    void confirm() {
        response_.mutable_confirmation()->set_subscription_id(EventId::random().to_string());
        send();
    }
    void pump() override;

private:
    void take(const Event& event);
    void rest();
    /// A tombstone ends the subscription of its stream: true, and the call is finished.
    [[nodiscard]] bool tombstoned();
    void checkpoint(Position position);
    void caught_up();
    void send() {
        response_.SerializeToString(&bytes_);
        call_->send(bytes_);
    }
    [[nodiscard]] auto again() {
        return [weak = weak_from_this()] {
            if (const auto self = weak.lock(); self && !self->call_->ended()) self->pump();
        };
    }

    Backend& backend_;
    std::shared_ptr<net::Call> call_;
    ReadPlan plan_;
    Subscription events_;
    v1::ReadResp response_;         ///< kept for its memory
    std::string bytes_;             ///< likewise
    bool live_ = false;             ///< the client has been told that it has caught up, and has not fallen behind since
    bool waiting_ = false;          ///< for a commit
    std::uint64_t looked_at_ = 0;   ///< since the last checkpoint
    std::optional<Position> last_;  ///< looked at
    std::optional<Position> checkpointed_;   ///< told last
    std::optional<std::uint64_t> settings_;  ///< as of the last look for a tombstone
};

void CatchUp::pump() {
    if (waiting_) return;
    for (std::size_t taken = 0; !call_->full(); ++taken) {
        if (taken == share) {
            live_ = false;
            return call_->loop().post(again());
        }
        const auto event = events_.next(at_once);
        if (!event.ok()) {
            if (event.error().code != Code::cancelled) return call_->finish(status_of(event.error()));
            return call_->finish({.code = static_cast<std::uint32_t>(Code::unavailable),
                                  .message = "Server Is Not Ready: it shuts down"});
        }
        if (*event == nullptr) return rest();
        take(**event);
    }
    live_ = false;
}

void CatchUp::take(const Event& event) {
    last_ = event.position;
    const bool wanted = !plan_.filter || plan_.filter->matches(event);
    if (wanted) {
        response_.Clear();
        put_read_event(backend_.store, plan_, event, *response_.mutable_event());
        send();
    }
    if (plan_.checkpoint_every > 0 && ++looked_at_ >= plan_.checkpoint_every) checkpoint(event.position);
}

void CatchUp::rest() {
    if (tombstoned()) return;
    if (!live_) {
        if (plan_.checkpoint_every > 0 && last_ && checkpointed_ < last_) checkpoint(*last_);
        caught_up();
        live_ = true;
    }
    waiting_ = true;
    backend_.heads.wait(events_.position(), call_->loop(), weak_from_this(), [this] {
        waiting_ = false;
        if (!call_->ended()) pump();
    });
}

bool CatchUp::tombstoned() {
    if (plan_.stream.empty() || plan_.from_index) return false;
    const auto removals = backend_.store.removals();
    const std::uint64_t settings = removals ? removals->settings : 0;
    if (std::exchange(settings_, settings) == settings) return false;
    const auto now = backend_.store.retention(plan_.stream);
    if (!now.ok() || now->state != StreamState::tombstoned) return false;
    auto cursor =
        backend_.store.read({.source = Stream{"$$" + plan_.stream}, .direction = Direction::backward, .limit = 1});
    if (const Event* tombstone = cursor.ok() ? cursor->next() : nullptr; tombstone != nullptr && live_) {
        response_.Clear();
        put_read_event(backend_.store, plan_, *tombstone, *response_.mutable_event());
        send();
    }
    call_->finish(stream_deleted(plan_.stream));
    return true;
}

void CatchUp::checkpoint(Position position) {
    looked_at_ = 0;
    checkpointed_ = position;
    response_.Clear();
    auto& out = *response_.mutable_checkpoint();
    out.set_commit_position(position.value);
    out.set_prepare_position(position.value);
    put_time(std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now()),
             *out.mutable_timestamp());
    send();
}

void CatchUp::caught_up() {
    response_.Clear();
    auto& out = *response_.mutable_caught_up();
    put_time(std::chrono::time_point_cast<Timestamp::duration>(std::chrono::system_clock::now()),
             *out.mutable_timestamp());
    if (plan_.stream.empty()) {
        const Position behind = events_.position();
        if (behind > Position{0}) put_position(behind - 1, *out.mutable_position());
    } else if (const auto stream = backend_.store.stream(plan_.stream); stream.ok() && *stream) {
        out.set_stream_revision(static_cast<std::int64_t>((*stream)->last.value));
    }
    send();
}

}  // namespace

std::shared_ptr<server::Flow> subscribe(Backend& backend, const std::shared_ptr<net::Call>& call, ReadPlan plan) {
    auto events = backend.store.subscribe(plan.selection);
    if (!events.ok()) {
        call->finish(status_of(events.error()));
        return nullptr;
    }
    auto flow = std::make_shared<CatchUp>(backend, call, std::move(plan), std::move(*events));
    flow->confirm();
    return flow;
}

}  // namespace varve::kurrent
