#include "server/kurrent/append_call.hpp"

#include <optional>
#include <utility>

#include "server/kurrent/appending.hpp"
#include "server/kurrent/failure.hpp"
#include "server/kurrent/outcome.hpp"
#include "server/kurrent/proposal.hpp"
#include "server/kurrent/wire.hpp"
#include "server/unary.hpp"
#include "varve/limits.hpp"

namespace varve::kurrent {

namespace {

/// First the options, then the events one by one; what they amount to is appended when no more come.
class AppendCall final : public net::Handler {
public:
    AppendCall(Backend& backend, std::shared_ptr<net::Call> call)
        : backend_(backend), call_(std::move(call)), gathered_(backend.gathered) {}

    void on_message(std::string_view message) override {
        if (!request_.ParseFromArray(message.data(), static_cast<int>(message.size())))
            return call_->finish(bad_message("AppendReq"));
        if (request_.has_options()) return take_options(request_.options());
        if (!request_.has_proposed_message()) return call_->finish(invalid("an append message without content"));
        take_event(request_.proposed_message());
    }
    void on_half_close() override {
        if (!order_) return call_->finish(invalid("an append without options: they come first"));
        auto stream = order_->stream;
        append(backend_.store, std::move(*order_),
               [call = call_, stream = std::move(stream), expected = expected_](AppendOutcome outcome) {
                   call->loop().post([call, stream, expected, outcome = std::move(outcome)] {
                       answer(*call, stream, expected, outcome);
                   });
               });
    }

private:
    void take_options(const v1::AppendReq::Options& options) {
        if (order_) return call_->finish(invalid("an append has options once"));
        const std::string_view stream = name_of(options.stream_identifier());
        if (std::string fault = fault_of_name(stream); !fault.empty()) return call_->finish(invalid(std::move(fault)));
        const auto expected = expected_of(options);
        if (!expected) return call_->finish(invalid("the expected stream revision is a required argument"));
        expected_ = *expected;
        order_ = AppendOrder{std::string(stream), *expected, {}};
    }
    void take_event(const v1::AppendReq::ProposedMessage& proposed) {
        if (!order_) return call_->finish(invalid("an append without options: they come first"));
        auto event = event_of(proposed);
        if (auto* refused = std::get_if<net::Status>(&event)) return call_->finish(std::move(*refused));
        auto& added = std::get<NewEvent>(event);
        const std::size_t bytes = added.data.size() + added.metadata.size() + added.type.size();
        if (!gathered_.add(bytes)) return call_->finish(status_of(server::too_much_gathered()));
        bytes_ += bytes;
        if (bytes_ > limits::commit_bytes || order_->events.size() == limits::events_per_commit)
            return call_->finish(append_too_large(limits::commit_bytes));
        order_->events.push_back(std::move(added));
    }
    static void answer(net::Call& call, const std::string& stream, const Expected& expected,
                       const AppendOutcome& outcome);

    Backend& backend_;
    std::shared_ptr<net::Call> call_;
    v1::AppendReq request_;  ///< kept for its memory
    Expected expected_;
    std::optional<AppendOrder> order_;
    std::size_t bytes_ = 0;
    server::Gathered::Share gathered_;
};

void AppendCall::answer(net::Call& call, const std::string& stream, const Expected& expected,
                        const AppendOutcome& outcome) {
    v1::AppendResp response;
    if (const auto* appended = std::get_if<Appended>(&outcome)) {
        put_success(*appended, *response.mutable_success());
    } else if (const auto* wrong = std::get_if<WrongVersion>(&outcome)) {
        put_wrong_version(expected, wrong->actual, *response.mutable_wrong_expected_version());
    } else if (const auto* error = std::get_if<Error>(&outcome)) {
        return call.finish(status_of(*error));
    } else {
        return call.finish(stream_deleted(stream));
    }
    server::reply(call, response);
}

/// How deletions end: the position of the event that is the deletion, or an error.
void answer_deletion(net::Call& call, const std::string& stream, const Expected& expected,
                     const Result<Receipt>& outcome) {
    if (outcome.ok()) {
        v1::DeleteResp response;
        put_position(outcome->last, *response.mutable_position());
        return server::reply(call, response);
    }
    const Error& error = outcome.error();
    if (error.reason == "stream.tombstoned") return call.finish(stream_deleted(stream));
    if (error.conflict != nullptr && error.code == Code::aborted)
        return call.finish(wrong_version(stream, expected, error.conflict->actual));
    call.finish(status_of(error));
}

struct Deletion {
    std::string stream;
    Expected expected;
};

/// Nothing: the call is finished.
std::optional<Deletion> deletion_of(net::Call& call, const v1::DeleteReq& request) {
    const std::string_view stream = name_of(request.options().stream_identifier());
    if (std::string fault = fault_of_name(stream); !fault.empty()) {
        call.finish(invalid(std::move(fault)));
        return {};
    }
    const auto expected = expected_of(request.options());
    if (!expected) {
        call.finish(invalid("the expected stream revision is a required argument"));
        return {};
    }
    return Deletion{std::string(stream), *expected};
}

void append_deletion(Backend& backend, const std::shared_ptr<net::Call>& call, Deletion deletion, NewEvent event) {
    Commit commit;
    commit.conditions.emplace_back(StreamIs{deletion.stream, deletion.expected});
    commit.append("$$" + deletion.stream, Expected::any(), {std::move(event)});
    backend.store.append(std::move(commit),
                         [call, deletion = std::move(deletion)](Result<Receipt> outcome) {
                             call->loop().post([call, deletion, outcome = std::move(outcome)] {
                                 answer_deletion(*call, deletion.stream, deletion.expected, outcome);
                             });
                         },
                         {.when_full = WhenFull::refuse});
}

/// A deletion replaces all of a stream's metadata.
void remove(Backend& backend, const std::shared_ptr<net::Call>& call, const v1::DeleteReq& request) {
    auto deletion = deletion_of(*call, request);
    if (!deletion) return;
    const auto now = backend.store.retention(deletion->stream);
    if (!now) return call->finish(status_of(now.error()));
    const bool never = now->state == StreamState::absent && !now->settings_revision;
    if (never) return call->finish(wrong_version(deletion->stream, deletion->expected, {}));
    if (now->state == StreamState::tombstoned) return call->finish(stream_deleted(deletion->stream));
    append_deletion(backend, call, std::move(*deletion),
                    {.type = "$metadata", .data = R"({"$tb":9223372036854775807})"});
}

void tombstone(Backend& backend, const std::shared_ptr<net::Call>& call, const v1::DeleteReq& request) {
    auto deletion = deletion_of(*call, request);
    if (!deletion) return;
    append_deletion(backend, call, std::move(*deletion), {.type = "$streamDeleted", .data = "{}"});
}

}  // namespace

std::unique_ptr<net::Handler> append_call(Backend& backend, const std::shared_ptr<net::Call>& call) {
    return std::make_unique<AppendCall>(backend, call);
}

std::unique_ptr<net::Handler> delete_call(Backend& backend, const std::shared_ptr<net::Call>& call) {
    return server::unary<v1::DeleteReq>(
        call, [&backend](const auto& of, const v1::DeleteReq& request) { remove(backend, of, request); });
}

std::unique_ptr<net::Handler> tombstone_call(Backend& backend, const std::shared_ptr<net::Call>& call) {
    return server::unary<v1::DeleteReq>(
        call, [&backend](const auto& of, const v1::DeleteReq& request) { tombstone(backend, of, request); });
}

}  // namespace varve::kurrent
