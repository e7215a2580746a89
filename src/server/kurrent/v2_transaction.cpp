#include "server/kurrent/v2_transaction.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "server/kurrent/appending.hpp"
#include "server/kurrent/v2_failure.hpp"
#include "server/kurrent/v2_record.hpp"
#include "varve/limits.hpp"

namespace varve::kurrent::v2 {

namespace {

/// Others may change the metadata of a deleted stream at the same time: so often they may come first.
constexpr int attempts_max = 100;

std::int64_t state_of(const StreamRetention& now) {
    switch (now.state) {
        case StreamState::absent: return no_stream;
        case StreamState::live: return static_cast<std::int64_t>(now.last->value);
        case StreamState::deleted: return deleted;
        case StreamState::tombstoned: return tombstoned;
    }
    return no_stream;
}

bool holds(const StreamRetention& now, std::int64_t expected) {
    switch (expected) {
        case any: return true;
        case exists: return now.state == StreamState::live;
        case deleted: return now.state == StreamState::deleted;
        case tombstoned: return now.state == StreamState::tombstoned;
        case no_stream: return now.state != StreamState::live;
        default:
            return now.state != StreamState::tombstoned && now.last == Revision{static_cast<std::uint64_t>(expected)};
    }
}

/// What the store can watch over. It knows no condition that a stream is deleted or has a tombstone: the first is one that does
/// not exist and has been looked at before, the second is for ever.
Expected condition_of(std::int64_t expected) {
    switch (expected) {
        case any:
        case tombstoned: return Expected::any();
        case exists: return Expected::exists();
        case deleted:
        case no_stream: return Expected::none();
        default: return Expected::exact(Revision{static_cast<std::uint64_t>(expected)});
    }
}

class Committing : public std::enable_shared_from_this<Committing> {
public:
    Committing(Store store, std::shared_ptr<const Transaction> transaction, std::function<void(Result<Receipt>)> done)
        : store_(std::move(store)), transaction_(std::move(transaction)), done_(std::move(done)) {}

    void attempt();

private:
    void took(Result<Receipt> outcome);

    Store store_;
    std::shared_ptr<const Transaction> transaction_;
    std::function<void(Result<Receipt>)> done_;
    Repeats repeats_ = Repeats::detect;
    int attempts_ = 0;
    bool revived_ = false;
};

void Committing::attempt() {
    Commit commit{.repeats = repeats_};
    revived_ = false;
    std::set<std::string_view> streams;
    for (const NewEvent& event : transaction_->events) {
        if (!streams.insert(event.stream).second) continue;
        const auto revived = revive(store_, event.stream, commit);
        if (!revived) return done_(revived.error());
        revived_ = revived_ || *revived;
    }
    for (const auto& check : transaction_->checks) {
        const Expected expected = condition_of(check.expected);
        if (expected != Expected::any()) commit.conditions.emplace_back(StreamIs{check.stream, expected});
    }
    commit.events.insert(commit.events.end(), transaction_->events.begin(), transaction_->events.end());
    store_.append(std::move(commit),
                  [self = shared_from_this()](Result<Receipt> outcome) { self->took(std::move(outcome)); },
                  {.when_full = WhenFull::refuse});
}

void Committing::took(Result<Receipt> outcome) {
    if (outcome.ok()) return done_(std::move(outcome));
    const Error& error = outcome.error();
    const bool known = error.code == Code::already_exists && repeats_ == Repeats::detect;
    const bool raced = revived_ && error.conflict != nullptr && error.conflict->stream.starts_with("$$");
    if ((!known && !raced) || ++attempts_ == attempts_max) return done_(std::move(outcome));
    // Only some of them are there: they are written once more where what is expected allows it.
    if (known) repeats_ = Repeats::unchecked;
    attempt();
}

}  // namespace

std::optional<net::Status> Transaction::add(const AppendRecord& record, std::string_view stream) {
    auto event = event_of(record, stream);
    if (auto* refused = std::get_if<net::Status>(&event)) return std::move(*refused);
    auto& added = std::get<NewEvent>(event);
    bytes += added.data.size() + added.metadata.size() + added.type.size();
    if (bytes > limits::commit_bytes || events.size() == limits::events_per_commit)
        return transaction_too_large(bytes, limits::commit_bytes);
    events.push_back(std::move(added));
    return {};
}

AppendConsistencyViolation violations_of(const Store& store, const std::vector<Transaction::Check>& checks) {
    AppendConsistencyViolation all;
    for (std::size_t i = 0; i < checks.size(); ++i) {
        const auto now = store.retention(checks[i].stream);
        if (!now.ok() || holds(*now, checks[i].expected)) continue;
        auto& violation = *all.add_violations();
        violation.set_check_index(static_cast<std::int32_t>(i));
        violation.mutable_stream_state()->set_stream(checks[i].stream);
        violation.mutable_stream_state()->set_expected_state(checks[i].expected);
        violation.mutable_stream_state()->set_actual_state(state_of(*now));
    }
    return all;
}

void commit(Store store, std::shared_ptr<const Transaction> transaction, std::function<void(Result<Receipt>)> done) {
    std::make_shared<Committing>(std::move(store), std::move(transaction), std::move(done))->attempt();
}

}  // namespace varve::kurrent::v2
