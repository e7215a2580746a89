#include "server/kurrent/v2_append_call.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "server/kurrent/proposal.hpp"
#include "server/kurrent/v2_failure.hpp"
#include "server/kurrent/v2_transaction.hpp"
#include "server/unary.hpp"
#include "varve/limits.hpp"

namespace varve::kurrent::v2 {

namespace {

std::int64_t number_of(std::uint64_t number) {
    return static_cast<std::int64_t>(number);
}

/// In a session two streams are the same when they differ by case only.
std::string folded(std::string_view stream) {
    std::string made(stream);
    std::ranges::transform(made, made.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return made;
}

net::Status deleted_status(const Store& store, std::string_view stream) {
    const auto now = store.retention(stream);
    return now.ok() && now->state == StreamState::tombstoned ? stream_tombstoned(stream) : stream_deleted(stream);
}

/// What both methods answer of a failure that is no failed check.
net::Status failure_of(const Store& store, const Error& error) {
    if (error.reason == "stream.tombstoned" && error.conflict != nullptr)
        return deleted_status(store, error.conflict->stream);
    return status_of(error);
}

class SessionCall final : public net::Handler {
public:
    SessionCall(Backend& backend, std::shared_ptr<net::Call> call)
        : backend_(backend), call_(std::move(call)), gathered_(backend.gathered) {}

    void on_message(std::string_view message) override {
        if (!request_.ParseFromArray(message.data(), static_cast<int>(message.size())))
            return call_->finish(invalid("request", "it is no valid AppendRequest message"));
        const std::string& stream = request_.stream();
        if (const std::string fault = fault_of_name(stream); !fault.empty())
            return call_->finish(invalid("stream", fault));
        if (request_.records().empty()) return call_->finish(invalid("records", "they are required"));
        if (!streams_.insert(folded(stream)).second) return call_->finish(already_in_session(stream));
        const std::int64_t expected = request_.has_expected_revision() ? request_.expected_revision() : any;
        if (expected < 0 && expected != any && expected != no_stream && expected != exists)
            return call_->finish(invalid("expected_revision", "it is a revision, or -1, -2 or -4"));
        transaction_->checks.push_back({stream, expected});
        for (const AppendRecord& record : request_.records()) {
            if (!gathered_.add(record.ByteSizeLong())) return call_->finish(status_of(server::too_much_gathered()));
            if (auto refused = transaction_->add(record, stream)) return call_->finish(std::move(*refused));
        }
    }
    void on_half_close() override {
        if (transaction_->checks.empty()) return call_->finish(no_requests());
        commit(
            backend_.store, transaction_,
            [call = call_, transaction = transaction_, store = backend_.store](Result<Receipt> outcome) {
                call->loop().post([=, outcome = std::move(outcome)] { answer(*call, store, *transaction, outcome); });
            });
    }

private:
    static void answer(net::Call& call, const Store& store, const Transaction& transaction,
                       const Result<Receipt>& outcome);
    static net::Status conflict_of(const Store& store, const Transaction& transaction, const Conflict& conflict);

    Backend& backend_;
    std::shared_ptr<net::Call> call_;
    AppendRequest request_;  ///< kept for its memory
    std::set<std::string> streams_;
    server::Gathered::Share gathered_;
    std::shared_ptr<Transaction> transaction_ = std::make_shared<Transaction>();
};

void SessionCall::answer(net::Call& call, const Store& store, const Transaction& transaction,
                         const Result<Receipt>& outcome) {
    if (!outcome.ok()) {
        const Error& error = outcome.error();
        const bool conflict = error.code == Code::aborted && error.conflict != nullptr;
        return call.finish(conflict ? conflict_of(store, transaction, *error.conflict) : failure_of(store, error));
    }
    AppendSessionResponse response;
    for (const auto& check : transaction.checks) {
        auto& appended = *response.add_output();
        appended.set_stream(check.stream);
        const auto written = std::ranges::find(outcome->streams, check.stream, &Receipt::StreamRevision::stream);
        if (written != outcome->streams.end()) appended.set_stream_revision(number_of(written->last.value));
        const auto last =
            std::ranges::find(transaction.events.rbegin(), transaction.events.rend(), check.stream, &NewEvent::stream);
        const auto behind = static_cast<std::uint64_t>(last - transaction.events.rbegin());
        appended.set_position(number_of((outcome->last - behind).value));
    }
    response.set_position(number_of(outcome->last.value));
    server::reply(call, response);
}

net::Status SessionCall::conflict_of(const Store& store, const Transaction& transaction, const Conflict& conflict) {
    if (conflict.state == StreamState::tombstoned) return stream_tombstoned(conflict.stream);
    const auto check = std::ranges::find(transaction.checks, conflict.stream, &Transaction::Check::stream);
    const std::int64_t expected = check == transaction.checks.end() ? any : check->expected;
    if (conflict.state == StreamState::deleted && expected == exists) return deleted_status(store, conflict.stream);
    return revision_conflict(conflict.stream, expected,
                             conflict.actual ? number_of(conflict.actual->value) : no_stream);
}

/// Nothing: it is finished with a refusal.
std::shared_ptr<Transaction> transaction_of(net::Call& call, const AppendRecordsRequest& request) {
    auto transaction = std::make_shared<Transaction>();
    const auto refuse = [&](net::Status status) -> std::shared_ptr<Transaction> {
        call.finish(std::move(status));
        return nullptr;
    };
    if (request.records().empty()) return refuse(invalid("records", "they are required"));
    for (const AppendRecord& record : request.records()) {
        if (const std::string fault = fault_of_name(record.stream()); !fault.empty())
            return refuse(invalid("records.stream", fault));
        if (auto refused = transaction->add(record, record.stream())) return refuse(std::move(*refused));
    }
    std::set<std::string_view> checked;
    for (const ConsistencyCheck& check : request.checks()) {
        const auto& state = check.stream_state();
        if (const std::string fault = fault_of_name(state.stream()); !fault.empty())
            return refuse(invalid("checks.stream", fault));
        if (state.expected_state() == any || state.expected_state() == -3 || state.expected_state() < tombstoned)
            return refuse(invalid("checks.expected_state", "it is a revision, or -1, -4, -5 or -6"));
        if (!checked.insert(state.stream()).second)
            return refuse(invalid("checks.stream", "each stream is checked once"));
        transaction->checks.push_back({state.stream(), state.expected_state()});
    }
    return transaction;
}

void answer_records(net::Call& call, const Store& store, const Transaction& transaction,
                    const Result<Receipt>& outcome) {
    if (!outcome.ok()) {
        const Error& error = outcome.error();
        if (error.code != Code::aborted) return call.finish(failure_of(store, error));
        return call.finish(consistency_violation(violations_of(store, transaction.checks)));
    }
    AppendRecordsResponse response;
    for (const auto& written : outcome->streams) {
        const bool asked_for =
            std::ranges::find(transaction.events, written.stream, &NewEvent::stream) != transaction.events.end();
        if (!asked_for) continue;
        auto& revision = *response.add_revisions();
        revision.set_stream(written.stream);
        revision.set_revision(number_of(written.last.value));
    }
    response.set_position(number_of(outcome->last.value));
    server::reply(call, response);
}

void append_records(Backend& backend, const std::shared_ptr<net::Call>& call, const AppendRecordsRequest& request) {
    auto transaction = transaction_of(*call, request);
    if (!transaction) return;
    // The store has no condition for every check: those that it lacks are looked at first.
    const bool unusual = std::ranges::any_of(transaction->checks, [](const auto& check) {
        return check.expected == deleted || check.expected == tombstoned;
    });
    if (unusual) {
        const auto violations = violations_of(backend.store, transaction->checks);
        if (!violations.violations().empty()) return call->finish(consistency_violation(violations));
    }
    commit(backend.store, transaction, [call, transaction, store = backend.store](Result<Receipt> outcome) {
        call->loop().post([=, outcome = std::move(outcome)] { answer_records(*call, store, *transaction, outcome); });
    });
}

}  // namespace

std::unique_ptr<net::Handler> append_session_call(Backend& backend, const std::shared_ptr<net::Call>& call) {
    return std::make_unique<SessionCall>(backend, call);
}

std::unique_ptr<net::Handler> append_records_call(Backend& backend, const std::shared_ptr<net::Call>& call) {
    return server::unary<AppendRecordsRequest>(call, [&backend](const auto& of, const AppendRecordsRequest& request) {
        append_records(backend, of, request);
    });
}

}  // namespace varve::kurrent::v2
