#include "model/worker.hpp"

#include <fmt/format.h>

#include <utility>

#include "model/guard.hpp"

namespace varve {

namespace {

constexpr Deadline at_once{};  ///< long past: next() answers what is there and does not wait
/// How often a file is asked what somebody wishes for a key in quarantine, and told how its projection is doing.
constexpr std::chrono::seconds look_every{1};

}  // namespace

Worker::Worker(const detail::ProjectionType& type, std::unique_ptr<ReadModel> model, const Store& store,
               const ProjectionOptions& options)
    : type_(type), model_(std::move(model)), store_(store), options_(options), position_(model_->checkpoint()) {
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
    thread_ = std::jthread([this] { run(); });
}

Worker::~Worker() {
    stop();
}

void Worker::stop() {
    {
        const std::lock_guard lock(ending_);
        stopping_ = true;
        if (events_) events_->close();
    }
    ended_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Worker::run() {
    const KeysHere keys(keys_);
    Result<> outcome;
    while (outcome.ok()) {
        if (!quarantine_.empty()) serve_wishes();
        outcome = take_batch();
        if (const auto pause = std::exchange(pause_, {})) {
            std::unique_lock lock(ending_);
            ended_.wait_for(lock, *pause, [this] { return stopping_; });
        }
    }
    const std::lock_guard work(work_);
    if (outcome.error().code == Code::cancelled) {
        progress_.end(ProjectionProgress::State::stopped, {});
    } else {
        progress_.end(ProjectionProgress::State::failed,
                      std::move(outcome).error().within(fmt::format("projection {}", type_.name)));
    }
    // For whoever looks into the file; nobody is left who could mend what stands in its way.
    Batch last;
    if (model_->repeats() && begin(last).ok() && note(true).ok()) {
        static_cast<void>(model_->commit(model_->checkpoint()));
    } else if (last.open) {
        model_->abandon();
    }
}

Result<> Worker::take_batch() {
    if (Result<> there = await(); !there.ok() || in_hand_ == nullptr) return there;
    const std::lock_guard work(work_);
    if (broken_) return *broken_;
    const auto begun_at = Clock::now();
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
            more = advance(batch, begun_at);
        }
    }
    progress_.end_event();
    Result<> closed = close_batch(batch);
    if (!closed.ok()) return commit_failed(std::move(only), std::move(closed).error());
    measure(batch.taken, Clock::now() - begun_at);
    return more.ok() ? Result<>() : std::move(more).error();
}

Result<> Worker::await() {
    if (in_hand_ != nullptr) return {};
    if (position_ >= store_.head()) progress_.set_state(ProjectionProgress::State::live);
    auto next = events_->next(quarantine_.empty() ? Deadline::max() : Clock::now() + look_every);
    if (!next.ok()) return std::move(next).error();
    in_hand_ = *next;
    return {};
}

Result<bool> Worker::advance(const Batch& batch, Clock::time_point begun_at) {
    in_hand_ = nullptr;
    if (batch.taken >= batch_events) return false;
    if (batch.taken % 64 == 0 && Clock::now() - begun_at >= model_->batch_time()) return false;
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
    const detail::Step* step = detail::find_step(type_.events, event.type);
    if (step == nullptr) return {};
    if (Result<> begun = begin(batch); !begun.ok()) return begun;
    if (!quarantine_.empty()) {
        if (const std::string key = key_of(event); quarantine_.holds(key)) {
            quarantine_.miss(key);
            return {};
        }
    }
    return call_handler(*step, event);
}

Result<> Worker::call_handler(const detail::Step& step, const Event& event) {
    model_->mark();
    progress_.begin_event(event.position);
    touched_ = true;
    Result<> applied = guarded_with_tables(
        [&] {
            Result<> answered = step.apply(model_->target(), event);
            // It throws where the handler was called, and answers where there was nothing to call it with.
            touched_ = answered.ok();
            return answered;
        },
        [&] { return fmt::format("on({})", event.type); });
    if (applied.ok()) return applied;
    return std::move(applied).within(place_of(event));
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
    if (position_ < store_.head()) progress_.set_state(ProjectionProgress::State::catching_up);
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
