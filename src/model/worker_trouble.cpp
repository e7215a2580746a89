// What a Worker does when something fails: an event is tried again alone and then set aside with its key; a place that
// refuses is waited for; everything else ends the projection.
#include <fmt/format.h>

#include <utility>

#include "model/backoff.hpp"
#include "model/fault.hpp"
#include "model/worker.hpp"
#include "varve/clock.hpp"
#include "varve/limits.hpp"

namespace varve {

namespace {

constexpr std::chrono::seconds longest_pause{5};
constexpr std::chrono::milliseconds first_refusal{100};
constexpr std::chrono::milliseconds until_performed{5};

}  // namespace

Worker::Failed Worker::failed(const Event& event, Error error) const {
    return {event.position, key_of(event), place_of(event), std::move(error)};
}

Result<> Worker::event_failed(const Batch& batch, Failed failed) {
    progress_.end_event();
    const Fault fault = fault_of(failed.error);
    const bool undone = fault == Fault::event && batch.open && (!touched_ || model_->undo());
    if (!undone) {
        if (batch.open) model_->abandon();
        quarantine_.batch_abandoned();
        if (fault == Fault::model || !model_->repeats()) return std::move(failed.error);
        if (Result<> gone = go_back(); !gone.ok()) return gone;
        if (fault == Fault::event && batch.taken > 0) {
            // On the way rows of the events before it may have been written: whose fault it is, shows alone.
            set_alone(failed.position);
            return {};
        }
    } else if (Result<> committed = commit(position_); !committed.ok()) {
        return commit_failed({}, std::move(committed).error());
    } else if (position_ > progress_.position()) {
        progress_.reach(position_);
    }
    return fault == Fault::place ? wait_for_place(failed.error) : try_again(std::move(failed));
}

Result<> Worker::commit_failed(std::optional<Failed> only, Error error) {
    model_->abandon();
    quarantine_.batch_abandoned();
    const Fault fault = fault_of(error);
    if (fault == Fault::model || !model_->repeats()) return error;
    const Position end = position_;
    if (Result<> gone = go_back(); !gone.ok()) return gone;
    if (fault == Fault::place) return wait_for_place(error);
    if (only) {
        only->error = std::move(error).within(only->place);
        return try_again(std::move(*only));
    }
    // One of its events brought a row that is refused: each by itself, and it will be known which.
    alone_from_ = position_;
    alone_until_ = end;
    return {};
}

Result<> Worker::go_back() {
    position_ = model_->checkpoint();
    in_hand_ = nullptr;
    auto events = store_.subscribe({.from = position_});
    if (!events.ok()) return std::move(events).error();
    const std::lock_guard lock(ending_);
    if (stopping_) return Error{.code = Code::cancelled, .message = "the App was closed"};
    events_.emplace(std::move(*events));
    return {};
}

Result<> Worker::wait_for_place(const Error& error) {
    progress_.went_wrong(error);
    progress_.set_state(ProjectionProgress::State::waiting);
    pause_ = backoff_span(refusals_++, first_refusal, longest_pause);
    return {};
}

bool Worker::effects_full() {
    return type_.take_effects != nullptr && model_->outbox()->full();
}

void Worker::wait_for_effects() {
    progress_.went_wrong(Error{
        .code = Code::resource_exhausted,
        .message =
            fmt::format("{} effects wait, or are set aside, and no more are kept in memory: projection {} goes on "
                        "when some are performed; perform them quicker, or keep the projection in a file",
                        effects_in_memory, type_.name)});
    progress_.set_state(ProjectionProgress::State::waiting);
    pause_ = until_performed;
}

Result<> Worker::try_again(Failed failed) {
    progress_.went_wrong(failed.error);
    attempts_ = trying_ && trying_->position == failed.position ? attempts_ + 1 : 1;
    set_alone(failed.position);
    if (attempts_ >= options_.attempts) return set_aside(std::move(failed));
    progress_.set_trying(ProjectionStatus::Trying{failed.position, failed.key, attempts_, failed.error});
    pause_ = backoff_span(static_cast<int>(attempts_) - 1, options_.first_delay, longest_pause);
    trying_ = std::move(failed);
    return {};
}

void Worker::set_alone(Position position) {
    if (alone(position)) return;
    alone_from_ = position;
    alone_until_ = position + 1;
}

Result<> Worker::set_aside(Failed failed) {
    if (quarantine_.size() >= limits::quarantined_keys) {
        return Error{.code = Code::failed_precondition,
                     .message = fmt::format("{} keys are in quarantine already, so this is no matter of single keys; "
                                            "mend the handlers and start again; the last one: {}",
                                            limits::quarantined_keys, failed.error.message)};
    }
    QuarantinedKey key;
    key.key = std::move(failed.key);
    key.position = failed.position;
    key.error = std::move(failed.error);
    key.since = system_clock()->now();
    key.attempts = attempts_;
    // It goes on record with the batch in which its event comes by the next time, to be missed.
    quarantine_.put(std::move(key));
    trying_.reset();
    progress_.set_trying({});
    return {};
}

}  // namespace varve
