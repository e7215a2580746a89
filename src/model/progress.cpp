#include "model/progress.hpp"

#include <ctime>
#include <utility>

#include "model/guard.hpp"

namespace varve {

std::string_view to_string(ProjectionStatus::State state) {
    switch (state) {
        case ProjectionStatus::State::catching_up: return "catching up";
        case ProjectionStatus::State::live: return "live";
        case ProjectionStatus::State::waiting: return "waiting";
        case ProjectionStatus::State::stopped: return "stopped";
        case ProjectionStatus::State::failed: return "failed";
    }
    return "unknown";
}

std::string_view to_string(ProjectionStatus::Role role) {
    switch (role) {
        case ProjectionStatus::Role::in_charge: return "in charge";
        case ProjectionStatus::Role::next: return "next";
        case ProjectionStatus::Role::previous: return "previous";
    }
    return "unknown";
}

void ProjectionProgress::reach(Position position) {
    {
        const std::lock_guard lock(mutex_);
        position_.store(position.value, std::memory_order_release);
    }
    moved_.notify_all();
    tell_listeners();
}

void ProjectionProgress::set_state(State state) {
    const std::lock_guard lock(mutex_);
    if (!ended()) state_ = state;
}

void ProjectionProgress::went_wrong(const Error& error) {
    const std::lock_guard lock(mutex_);
    last_error_ = error;
}

void ProjectionProgress::set_trying(std::optional<ProjectionStatus::Trying> trying) {
    const std::lock_guard lock(mutex_);
    trying_ = std::move(trying);
}

void ProjectionProgress::begin_event(Position position) {
    event_since_.store(coarse_now().count(), std::memory_order_relaxed);
    event_.store(position.value + 1, std::memory_order_relaxed);
}

std::chrono::milliseconds ProjectionProgress::coarse_now() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return std::chrono::seconds(now.tv_sec) +
           std::chrono::floor<std::chrono::milliseconds>(std::chrono::nanoseconds(now.tv_nsec));
}

void ProjectionProgress::tell(ProjectionStatus& status) const {
    status.position = position();
    status.events_per_second = rate();
    if (const std::uint64_t event = event_.load(std::memory_order_relaxed); event > 0) {
        const auto so_far = coarse_now() - std::chrono::milliseconds(event_since_.load(std::memory_order_relaxed));
        if (so_far > slow_after) status.slow = ProjectionStatus::Slow{Position{event - 1}, {}, so_far};
    }
    const std::lock_guard lock(mutex_);
    status.state = state_;
    status.error = error_;
    status.last_error = last_error_;
    status.trying = trying_;
}

void ProjectionProgress::end(State state, std::optional<Error> error) {
    {
        const std::lock_guard lock(mutex_);
        if (ended()) return;
        state_ = state;
        error_ = std::move(error);
        if (error_) last_error_ = error_;
        failed_.store(error_.has_value(), std::memory_order_release);
        ended_.store(true, std::memory_order_release);
    }
    moved_.notify_all();
    tell_listeners();
}

ProjectionProgress::State ProjectionProgress::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

std::optional<Error> ProjectionProgress::error() const {
    const std::lock_guard lock(mutex_);
    return error_;
}

ProjectionProgress::Waited ProjectionProgress::wait(Position target, Deadline deadline,
                                                    const std::atomic<bool>* given_up) const {
    if (position() >= target) return Waited::reached;
    std::unique_lock lock(mutex_);
    const auto done = [&] { return position() >= target || ended() || (given_up != nullptr && *given_up); };
    if (deadline == Deadline::max()) {
        moved_.wait(lock, done);
    } else {
        moved_.wait_until(lock, deadline, done);
    }
    if (position() >= target) return Waited::reached;
    return ended() ? Waited::ended : Waited::late;
}

void ProjectionProgress::wake() const {
    // Whoever was about to wait has looked at its flag before, or looks at it after this.
    {
        const std::lock_guard lock(mutex_);
    }
    moved_.notify_all();
}

ProjectionProgress::Listener ProjectionProgress::listen(std::function<void()> moved) const {
    const std::lock_guard lock(listening_);
    listeners_.emplace(next_listener_, std::move(moved));
    return next_listener_++;
}

void ProjectionProgress::unlisten(Listener listener) const {
    const std::lock_guard lock(listening_);
    listeners_.erase(listener);
}

void ProjectionProgress::tell_listeners() const {
    const std::lock_guard lock(listening_);
    for (const auto& listener : listeners_) {
        static_cast<void>(guarded(
            [&]() -> Result<> {
                listener.second();
                return {};
            },
            [] { return "wake"; }));
    }
}

}  // namespace varve
