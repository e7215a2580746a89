#include "server/kurrent/batch_append_call.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

#include "server/kurrent/appending.hpp"
#include "server/kurrent/failure.hpp"
#include "server/kurrent/outcome.hpp"
#include "server/kurrent/proposal.hpp"
#include "server/kurrent/wire.hpp"
#include "varve/limits.hpp"

namespace varve::kurrent {

namespace {

/// However long a client would wait, the answer says by then that it took too long.
constexpr std::chrono::milliseconds longest{2000};
/// Of one call, on their way to the store: then it is read no further until some are answered.
constexpr std::size_t under_way_bytes = 16 << 20;
/// Batches that a client has begun and not ended.
constexpr std::size_t begun_max = 256;

/// The client's own limit, as far as it is one: some send what would be centuries.
std::chrono::milliseconds limit_of(const v1::BatchAppendReq::Options& options) {
    if (!options.has_deadline()) return longest;
    const auto& deadline = options.deadline();
    if (deadline.seconds() < 0 || deadline.seconds() >= longest.count() / 1000) return longest;
    const std::chrono::milliseconds wanted(deadline.seconds() * 1000 + deadline.nanos() / 1'000'000);
    return std::clamp(wanted, std::chrono::milliseconds(1), longest);
}

void echo(const v1::BatchAppendReq::Options& options, v1::BatchAppendResp& out) {
    *out.mutable_stream_identifier() = options.stream_identifier();
    if (options.has_stream_position()) out.set_stream_position(options.stream_position());
    if (options.has_no_stream()) out.mutable_no_stream();
    if (options.has_any()) out.mutable_any();
    if (options.has_stream_exists()) out.mutable_stream_exists();
}

/// What goes on after the call's handler may have gone: how much is on its way, and whether the call waits for that.
struct Flight {
    std::size_t bytes = 0;
    bool paused = false;
    bool ended = false;  ///< the client sends no more
};

/// One batch, from its first chunk to its answer.
struct Batch {
    explicit Batch(server::Gathered& all) : gathered(all) {}

    server::Gathered::Share gathered;
    v1::BatchAppendResp answer;  ///< all but its result
    AppendOrder order;
    std::optional<v1::BatchStatus> refused;
    std::chrono::milliseconds limit = longest;
    std::size_t bytes = 0;
    bool answered = false;
};

class BatchAppendCall final : public net::Handler {
public:
    BatchAppendCall(Backend& backend, std::shared_ptr<net::Call> call) : backend_(backend), call_(std::move(call)) {}

    void on_message(std::string_view message) override {
        if (!request_.ParseFromArray(message.data(), static_cast<int>(message.size())))
            return call_->finish(bad_message("BatchAppendReq"));
        const auto id = id_of(request_.correlation_id());
        if (!id) return call_->finish(invalid("the correlation id of a batch is not a valid UUID"));
        auto at = begun_.find(*id);
        if (at == begun_.end()) {
            if (!request_.has_options()) return call_->finish(invalid("a batch begins with its options"));
            if (begun_.size() == begun_max) return call_->finish(invalid("too many batches are begun and not ended"));
            at = begun_.emplace(*id, begin()).first;
        }
        take_events(*at->second);
        if (!request_.is_final()) return;
        const auto batch = std::move(at->second);
        begun_.erase(at);
        send(batch);
    }
    void on_half_close() override {
        flight_->ended = true;
        if (flight_->bytes == 0) call_->finish({});
    }

private:
    std::shared_ptr<Batch> begin();
    void take_events(Batch& batch);
    void send(const std::shared_ptr<Batch>& batch);
    static void refuse(Batch& batch, Code code, std::string_view message, std::string_view name) {
        if (!batch.refused) put_failure(code, message, name, batch.refused.emplace());
    }

    Backend& backend_;
    std::shared_ptr<net::Call> call_;
    v1::BatchAppendReq request_;  ///< kept for its memory
    std::map<EventId, std::shared_ptr<Batch>> begun_;
    std::shared_ptr<Flight> flight_ = std::make_shared<Flight>();
};

std::shared_ptr<Batch> BatchAppendCall::begin() {
    auto batch = std::make_shared<Batch>(backend_.gathered);
    const auto& options = request_.options();
    *batch->answer.mutable_correlation_id() = request_.correlation_id();
    echo(options, batch->answer);
    batch->limit = limit_of(options);
    batch->order.stream = name_of(options.stream_identifier());
    if (const std::string fault = fault_of_name(batch->order.stream); !fault.empty())
        refuse(*batch, Code::invalid_argument, fault, "BadRequest");
    if (const auto expected = expected_of(options)) {
        batch->order.expected = *expected;
    } else {
        refuse(*batch, Code::invalid_argument, "the expected stream position is a required argument", "BadRequest");
    }
    return batch;
}

void BatchAppendCall::take_events(Batch& batch) {
    for (const auto& proposed : request_.proposed_messages()) {
        if (batch.refused) return;
        auto event = event_of(proposed);
        if (const auto* refused = std::get_if<net::Status>(&event)) {
            refuse(batch, static_cast<Code>(refused->code), refused->message, "BadRequest");
            batch.order.events.clear();
            return;
        }
        auto& added = std::get<NewEvent>(event);
        const std::size_t bytes = added.data.size() + added.metadata.size() + added.type.size();
        if (!batch.gathered.add(bytes)) {
            const net::Status busy = status_of(server::too_much_gathered());
            refuse(batch, static_cast<Code>(busy.code), busy.message, "Unknown");
            batch.order.events.clear();
            return;
        }
        batch.bytes += bytes;
        if (batch.bytes > limits::commit_bytes || batch.order.events.size() == limits::events_per_commit) {
            put_too_large(limits::commit_bytes, batch.refused.emplace());
            batch.order.events.clear();
            return;
        }
        batch.order.events.push_back(std::move(added));
    }
}

void BatchAppendCall::send(const std::shared_ptr<Batch>& batch) {
    if (batch->refused) {
        *batch->answer.mutable_error() = std::move(*batch->refused);
        call_->send(batch->answer.SerializeAsString());
        return;
    }
    const std::size_t bytes = batch->bytes + 1;
    flight_->bytes += bytes;
    if (flight_->bytes > under_way_bytes && !std::exchange(flight_->paused, true)) call_->pause();
    const auto finish = [call = call_, batch, flight = flight_, bytes](const AppendOutcome* outcome) {
        if (std::exchange(batch->answered, true)) return;
        if (outcome == nullptr) {
            put_failure(Code::deadline_exceeded, "Timeout", "Timeout", *batch->answer.mutable_error());
        } else if (const auto* appended = std::get_if<Appended>(outcome)) {
            put_success(*appended, *batch->answer.mutable_success());
        } else {
            put_failure(*outcome, batch->order.stream, batch->order.expected, *batch->answer.mutable_error());
        }
        call->send(batch->answer.SerializeAsString());
    };
    const auto late = call_->loop().at(net::Clock::now() + batch->limit, [finish] { finish(nullptr); });
    // The order is kept for what the answer tells of it.
    AppendOrder order{batch->order.stream, batch->order.expected, std::move(batch->order.events)};
    append(backend_.store, std::move(order), [=, call = call_, flight = flight_](AppendOutcome outcome) {
        call->loop().post([=, outcome = std::move(outcome)] {
            call->loop().cancel(late);
            finish(&outcome);
            flight->bytes -= bytes;
            if (flight->bytes <= under_way_bytes / 2 && std::exchange(flight->paused, false)) call->resume();
            if (flight->ended && flight->bytes == 0) call->finish({});
        });
    });
}

}  // namespace

std::unique_ptr<net::Handler> batch_append_call(Backend& backend, const std::shared_ptr<net::Call>& call) {
    return std::make_unique<BatchAppendCall>(backend, call);
}

}  // namespace varve::kurrent
