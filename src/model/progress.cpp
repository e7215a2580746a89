#include "model/progress.hpp"

#include <utility>

#include "model/guard.hpp"

namespace varve {

std::string_view to_string(ProjectionStatus::State state) {
    switch (state) {
        case ProjectionStatus::State::catching_up: return "catching up";
        case ProjectionStatus::State::live: return "live";
        case ProjectionStatus::State::stopped: return "stopped";
        case ProjectionStatus::State::failed: return "failed";
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
    state_ = state;
}

void ProjectionProgress::end(State state, std::optional<Error> error) {
    {
        const std::lock_guard lock(mutex_);
        state_ = state;
        error_ = std::move(error);
        failed_.store(error_.has_value(), std::memory_order_release);
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
