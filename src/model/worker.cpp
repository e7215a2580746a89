#include "model/worker.hpp"

#include <fmt/format.h>

#include <utility>

#include "model/guard.hpp"

namespace varve {

namespace {

constexpr Deadline at_once{};  ///< long past: next() answers what is there and does not wait

}  // namespace

Worker::Worker(const detail::ProjectionType& type, std::unique_ptr<ReadModel> model, const Store& store)
    : type_(type), model_(std::move(model)), store_(store), position_(model_->checkpoint()) {
    progress_.reach(position_);
    auto events = store_.subscribe({.from = position_});
    if (!events.ok()) {
        progress_.end(ProjectionProgress::State::failed,
                      std::move(events).error().within("projection " + std::string(type_.name)));
        return;
    }
    events_.emplace(std::move(*events));
    thread_ = std::jthread([this] { run(); });
}

Worker::~Worker() {
    stop();
}

void Worker::stop() {
    if (events_) events_->close();
    if (thread_.joinable()) thread_.join();
}

void Worker::run() {
    const KeysHere keys(keys_);
    for (;;) {
        const Result<> taken = take_batch();
        if (taken.ok()) continue;
        if (taken.error().code == Code::cancelled) {
            progress_.end(ProjectionProgress::State::stopped, {});
        } else {
            progress_.end(ProjectionProgress::State::failed,
                          Error(taken.error()).within(fmt::format("projection {}", type_.name)));
        }
        return;
    }
}

Result<> Worker::take_batch() {
    if (position_ >= store_.head()) progress_.set_state(ProjectionProgress::State::live);
    auto next = events_->next();
    const auto begun_at = std::chrono::steady_clock::now();
    std::size_t taken = 0;
    bool open = false;
    while (next.ok() && *next != nullptr) {
        const Event& event = **next;
        if (const detail::Step* step = detail::find_step(type_.events, event.type); step != nullptr) {
            if (!open) {
                if (Result<> begun = model_->begin(); !begun.ok()) return begun;
                open = true;
            }
            if (Result<> applied = apply(*step, event); !applied.ok()) {
                model_->abandon();
                return applied;
            }
        }
        position_ = event.position + 1;
        ++taken;
        if (taken >= batch_events ||
            (taken % 64 == 0 && std::chrono::steady_clock::now() - begun_at >= model_->batch_time()))
            break;
        next = events_->next(at_once);
    }
    Result<> closed = close_batch(open);
    measure(taken, std::chrono::steady_clock::now() - begun_at);
    if (!closed.ok()) return closed;
    if (!next.ok()) return std::move(next).error();
    return {};
}

Result<> Worker::apply(const detail::Step& step, const Event& event) {
    Result<> applied = guarded_with_tables([&] { return step.apply(model_->target(), event); },
                                           [&] { return fmt::format("on({})", event.type); });
    if (applied.ok()) return applied;
    return std::move(applied).within(fmt::format("stopped at position {} (stream '{}', revision {}, {})",
                                                 event.position.value, event.stream, event.revision.value, event.type));
}

Result<> Worker::close_batch(bool open) {
    if (!open && model_->checkpoint_is_behind(position_)) {
        if (Result<> begun = model_->begin(); !begun.ok()) return begun;
        open = true;
    }
    if (open) {
        if (Result<> committed = model_->commit(position_); !committed.ok()) return committed;
    }
    if (position_ > progress_.position()) progress_.reach(position_);
    if (position_ < store_.head()) progress_.set_state(ProjectionProgress::State::catching_up);
    return {};
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
    return {.name = std::string(type_.name),
            .place = model_->place(),
            .state = progress_.state(),
            .position = progress_.position(),
            .head = store_.head(),
            .events_per_second = progress_.rate(),
            .error = progress_.error()};
}

}  // namespace varve
