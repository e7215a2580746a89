#include "model/brake.hpp"

namespace varve {

void Brake::hold_at(Position limit) {
    {
        const std::lock_guard lock(mutex_);
        limit_.store(limit.value, std::memory_order_relaxed);
    }
    changed_.notify_all();
}

bool Brake::wait_still(Deadline deadline) {
    std::unique_lock lock(mutex_);
    return changed_.wait_until(lock, deadline, [&] { return still_ || ended_; });
}

void Brake::rest() {
    {
        const std::lock_guard lock(mutex_);
        still_ = true;
    }
    changed_.notify_all();
}

bool Brake::go(Position position) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_ || !reached(position); });
    still_ = false;
    return !ended_;
}

void Brake::end() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    changed_.notify_all();
}

}  // namespace varve
