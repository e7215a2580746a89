#include "model/progress.hpp"

#include <utility>

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
    }
    moved_.notify_all();
}

ProjectionProgress::State ProjectionProgress::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

std::optional<Error> ProjectionProgress::error() const {
    const std::lock_guard lock(mutex_);
    return error_;
}

ProjectionProgress::Waited ProjectionProgress::wait(Position target, Deadline deadline) const {
    if (position() >= target) return Waited::reached;
    std::unique_lock lock(mutex_);
    const auto done = [&] { return position() >= target || ended(); };
    if (deadline == Deadline::max()) {
        moved_.wait(lock, done);
    } else {
        moved_.wait_until(lock, deadline, done);
    }
    if (position() >= target) return Waited::reached;
    return ended() ? Waited::ended : Waited::late;
}

}  // namespace varve
