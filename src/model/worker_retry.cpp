// What a person can do about keys that a Worker has set aside: in the program, or by a mark in the projection's file.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/at_work.hpp"
#include "model/fault.hpp"
#include "model/worker.hpp"
#include "store/names.hpp"

namespace varve {

namespace {

constexpr std::string_view taking_out = "taking a key out of quarantine";

}  // namespace

Result<> Worker::retry(const std::string& key) {
    if (AtWork::here(this) || model_->busy_here()) return from_within(taking_out, type_.name);
    const std::lock_guard work(work_);
    const AtWork here(this);
    if (Result<> can = check_at_work(key); !can.ok()) return can;
    return retry_missed(*quarantine_.find(key));
}

Result<> Worker::discard(const std::string& key) {
    if (AtWork::here(this) || model_->busy_here()) return from_within(taking_out, type_.name);
    const std::lock_guard work(work_);
    if (Result<> can = check_at_work(key); !can.ok()) return can;
    return take_out(key);
}

Result<> Worker::check_at_work(const std::string& key) const {
    const auto state = progress_.state();
    if (state == ProjectionProgress::State::stopped || state == ProjectionProgress::State::failed || broken_) {
        return Error{.code = Code::failed_precondition,
                     .message = fmt::format("projection {} has ended; start it again first, it remembers the keys that "
                                            "it has set aside where its file does",
                                            type_.name)};
    }
    if (quarantine_.holds(key)) return {};
    return Error{.code = Code::not_found,
                 .message = fmt::format("{} of projection {} is not in quarantine; App::projections names those that "
                                        "are",
                                        store::in_quotes(key), type_.name)};
}

Result<> Worker::retry_missed(QuarantinedKey entry) {
    if (entry.position < position_) {
        auto missed = store_.read(missed_by(entry));
        if (!missed.ok()) return std::move(missed).error();
        while (const Event* event = missed->next()) {
            if (holder_of(*event) != entry.key) continue;
            const auto step = step_for(*event);
            if (!step.ok()) return step.error();
            if (*step == nullptr) continue;
            if (Result<> alone = check_only_holder(entry, *event); !alone.ok()) return alone;
            Result<> applied = retry_event(entry, **step, *event);
            progress_.end_event();
            if (applied.ok()) continue;
            progress_.went_wrong(applied.error());
            return applied;
        }
        if (Result<> status = missed->status(); !status.ok()) return status;
    }
    return take_out(entry.key);
}

std::string Worker::holder_of(const Event& event) const {
    if (keys_by_stream_) return std::string(event.stream);
    const auto stream = quarantine_.find(event.stream);
    return stream && stream->position <= event.position ? stream->key : key_of(event);
}

Result<> Worker::check_only_holder(const QuarantinedKey& entry, const Event& event) const {
    if (keys_by_stream_) return {};
    const std::string key = key_of(event);
    const auto other = quarantine_.find(key);
    if (key == entry.key || !other || other->position > event.position) return {};
    return Error{.code = Code::failed_precondition,
                 .message = fmt::format("{} is of {}, which is in quarantine as well; retry or discard that first",
                                        place_of(event), store::in_quotes(key))};
}

Selection Worker::missed_by(const QuarantinedKey& entry) const {
    Selection missed{.from = entry.position, .until = position_ - 1};
    if (keys_by_stream_) missed.source = Stream{entry.key};
    return missed;
}

Result<> Worker::retry_event(QuarantinedKey& entry, const detail::OnStep& step, const Event& event) {
    Batch batch;
    if (Result<> begun = begin(batch); !begun.ok()) return begun;
    QuarantinedKey rest = entry;
    rest.position = event.position + 1;
    rest.missed -= std::min<std::uint64_t>(rest.missed, 1);
    Result<> done = call_handler(step, event);
    const bool handled = done.ok();
    if (done.ok()) done = model_->keep(rest);
    if (done.ok()) done = model_->commit(position_);
    if (done.ok()) {
        if (std::exchange(effects_added_, false) && effects_) effects_->wake();
        quarantine_.put(rest);
        entry = std::move(rest);
        return {};
    }
    if (handled) done = std::move(done).within(place_of(event));
    if (touched_ && !model_->undo()) {
        model_->abandon();
        if (!model_->repeats()) broken_ = done.error();
        if (broken_) return done;
        if (Result<> again = begin(batch = {}); !again.ok()) return done;
    }
    if (fault_of(done.error()) == Fault::event) {
        entry.attempts = entry.position == event.position ? entry.attempts + 1 : 1;
        entry.position = event.position;
        entry.error = done.error();
        quarantine_.put(entry);
    }
    if (Result<> kept = commit(position_); !kept.ok()) model_->abandon();
    return done;
}

Result<> Worker::take_out(const std::string& key) {
    Batch batch;
    if (Result<> begun = begin(batch); !begun.ok()) return begun;
    Result<> released = model_->release(key);
    if (released.ok()) released = model_->commit(position_);
    if (released.ok()) {
        quarantine_.release(key);
    } else {
        model_->abandon();
    }
    return released;
}

void Worker::serve_wishes() {
    const std::lock_guard work(work_);
    auto wishes = model_->wishes();
    if (!wishes.ok()) {
        progress_.went_wrong(wishes.error());
        return;
    }
    for (const KeyWish& wish : *wishes) {
        if (!quarantine_.holds(wish.key)) continue;
        const Result<> done = wish.discard ? take_out(wish.key) : retry_missed(*quarantine_.find(wish.key));
        if (!done.ok()) progress_.went_wrong(done.error());
    }
}

}  // namespace varve
