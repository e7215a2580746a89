#include "model/worker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/guard.hpp"

namespace varve {

namespace {

constexpr Deadline at_once{};  ///< long past: next() answers what is there and does not wait
/// How often a file is asked what somebody wishes for a key in quarantine, and told how its projection is doing.
constexpr std::chrono::seconds look_every{1};

}  // namespace

Worker::Worker(const detail::ProjectionType& type, const Partition& mine, std::unique_ptr<ReadModel> model,
               const Store& store, const ProjectionOptions& options)
    : type_(type),
      model_(std::move(model)),
      store_(store),
      options_(options),
      mine_(mine),
      keys_by_stream_(std::ranges::all_of(type.events, [](const auto& step) { return step.key == nullptr; })),
      position_(model_->checkpoint()) {
    progress_.reach(position_);
    auto events = store_.subscribe({.from = position_});
    auto quarantined = model_->quarantined();
    if (!events.ok() || !quarantined.ok()) {
        Error error = events.ok() ? std::move(quarantined).error() : std::move(events).error();
        progress_.end(ProjectionProgress::State::failed,
                      std::move(error).within(fmt::format("projection {}", type_.name)));
        return;
    }
    quarantine_.load(std::move(*quarantined));
    events_.emplace(std::move(*events));
    if (options_.life == Life::async) follow();
}

Worker::~Worker() {
    stop();
}

Result<> Worker::take_batch(Deadline wait_until, Deadline deadline) {
    if (Result<> there = await(wait_until); !there.ok() || in_hand_ == nullptr || pause_) return there;
    const std::lock_guard work(work_);
    if (broken_) return *broken_;
    const auto begun_at = Clock::now();
    const auto end = std::min<Clock::time_point>(begun_at + model_->batch_time(), deadline);
    Batch batch;
    std::optional<Failed> only;
    Result<bool> more = true;
    while (more.ok() && *more) {
        const Event& event = *in_hand_;
        if (Result<> applied = apply(batch, event); !applied.ok())
            return event_failed(batch, failed(event, std::move(applied).error()));
        position_ = event.position + 1;
        ++batch.taken;
        if (alone(event.position)) {
            only = failed(event, {});
            in_hand_ = nullptr;
            more = false;
        } else {
            more = advance(batch, end, deadline != Deadline::max());
        }
    }
    progress_.end_event();
    Result<> closed = close_batch(batch);
    if (!closed.ok()) return commit_failed(std::move(only), std::move(closed).error());
    measure(batch.taken, Clock::now() - begun_at);
    return more.ok() ? Result<>() : std::move(more).error();
}

Result<> Worker::await(Deadline deadline) {
    brake_.rest();
    if (in_hand_ == nullptr) {
        if (Result<> looked = look_for_event(deadline); !looked.ok()) return looked;
    }
    if (in_hand_ != nullptr && effects_full()) {
        wait_for_effects();
        return {};
    }
    if (in_hand_ == nullptr || brake_.go(position_)) return {};
    return Error{.code = Code::cancelled, .message = "stopped"};
}

Result<> Worker::look_for_event(Deadline deadline) {
    if (position_ >= store_.head()) progress_.set_state(ProjectionProgress::State::live);
    auto next = events_->next(quarantine_.empty() ? deadline : std::min<Deadline>(deadline, Clock::now() + look_every));
    if (!next.ok()) return std::move(next).error();
    in_hand_ = *next;
    if (in_hand_ != nullptr) return {};
    // Past the last event there may be some that retention has removed.
    const std::lock_guard work(work_);
    position_ = std::max(position_, events_->position());
    if (position_ > progress_.position()) progress_.reach(position_);
    return {};
}

Result<bool> Worker::advance(const Batch& batch, Clock::time_point end, bool hurry) {
    in_hand_ = nullptr;
    if (batch.taken >= batch_events || brake_.reached(position_) || effects_full()) return false;
    if ((hurry || batch.taken % 64 == 0) && Clock::now() >= end) return false;
    auto next = events_->next(at_once);
    if (!next.ok()) return std::move(next).error();
    in_hand_ = *next;
    return in_hand_ != nullptr && !alone(in_hand_->position);
}

Result<> Worker::begin(Batch& batch) {
    if (batch.open) return {};
    Result<> begun = model_->begin();
    batch.open = begun.ok();
    return begun;
}

Result<> Worker::apply(Batch& batch, const Event& event) {
    touched_ = false;
    const auto step = step_for(event);
    if (step.ok() && *step == nullptr) return {};
    if (Result<> begun = begin(batch); !begun.ok()) return begun;
    if (!quarantine_.empty()) {
        if (const std::string key = holder_of(event); quarantine_.holds(key)) {
            quarantine_.miss(key);
            return {};
        }
    }
    return step.ok() ? call_handler(**step, event) : Result<>(step.error());
}

Result<const detail::OnStep*> Worker::step_for(const Event& event) const {
    auto step = type_.events.step_for(event);
    const bool by_stream = !step.ok() || (*step != nullptr && (*step)->by_stream);
    if (by_stream && !mine_.has(detail::key_of_stream(event.stream))) return nullptr;
    return step;
}

Result<> Worker::call_handler(const detail::OnStep& step, const Event& event) {
    model_->mark();
    progress_.begin_event(event.position);
    touched_ = true;
    Result<> applied = guarded_with_tables(
        [&] {
            Result<> answered = step.apply(model_->target(), event, mine_);
            // It throws where the handler was called, and answers where there was nothing to call it with; but what an
            // old event becomes may fail behind the first part.
            touched_ = answered.ok() || step.kind == detail::StepKind::older;
            return answered;
        },
        [&] { return fmt::format("on({})", event.type); });
    if (type_.take_effects != nullptr) {
        Result<> taken = take_effects(event.position, applied.ok());
        if (applied.ok()) applied = std::move(taken);
    }
    if (applied.ok()) return applied;
    return std::move(applied).within(place_of(event));
}

Result<> Worker::take_effects(Position event, bool wanted) {
    Outbox& outbox = *model_->outbox();
    std::vector<detail::NewEffect> effects;
    Result<> taken = type_.take_effects(model_->target(), wanted && event >= outbox.from(), effects);
    if (!taken.ok() || effects.empty()) return taken;
    effects_added_ = true;
    return outbox.add(event, std::move(effects));
}

std::string Worker::place_of(const Event& event) {
    return fmt::format("position {} (stream '{}', revision {}, {})", event.position.value, event.stream,
                       event.revision.value, event.type);
}

Result<> Worker::close_batch(Batch& batch) {
    if (!batch.open && model_->checkpoint_is_behind(position_)) {
        if (Result<> begun = begin(batch); !begun.ok()) return begun;
    }
    if (batch.open) {
        if (Result<> committed = commit(position_); !committed.ok()) return committed;
    }
    refusals_ = 0;
    if (trying_ && position_ > trying_->position) {
        trying_.reset();
        progress_.set_trying({});
    }
    if (position_ > progress_.position()) progress_.reach(position_);
    progress_.set_state(position_ < store_.head() ? ProjectionProgress::State::catching_up
                                                  : ProjectionProgress::State::live);
    return {};
}

Result<> Worker::commit(Position position) {
    bool news = false;
    if (!quarantine_.empty()) {
        for (const QuarantinedKey& key : quarantine_.changed()) {
            if (Result<> kept = model_->keep(key); !kept.ok()) return kept;
            news = true;
        }
    }
    if (Result<> noted = note(news); !noted.ok()) return noted;
    if (Result<> committed = model_->commit(position); !committed.ok()) return committed;
    quarantine_.batch_committed();
    if (std::exchange(effects_added_, false) && effects_) effects_->wake();
    return {};
}

Result<> Worker::note(bool at_once) {
    if (!model_->repeats() || (!at_once && Clock::now() - noted_at_ < look_every)) return {};
    noted_at_ = Clock::now();
    ProjectionStatus now;
    progress_.tell(now);
    return model_->keep(ProjectionNote{now.state, store_.head(), now.events_per_second, now.last_error});
}

void Worker::measure(std::size_t events, std::chrono::duration<double> busy) {
    measured_events_ += static_cast<double>(events);
    measured_time_ += busy;
    if (measured_time_.count() > 0) progress_.set_rate(measured_events_ / measured_time_.count());
    if (measured_time_ < std::chrono::seconds(1)) return;
    measured_events_ /= 2;
    measured_time_ /= 2;
}

ProjectionStatus Worker::status() const {
    ProjectionStatus status;
    status.name = type_.name;
    status.place = model_->place();
    progress_.tell(status);
    status.head = store_.head();
    status.quarantined = quarantine_.all();
    return status;
}

}  // namespace varve
