#include "varve/testing_clock.hpp"

#include <utility>

namespace varve::testing {

VirtualClock::~VirtualClock() = default;

std::chrono::steady_clock::time_point VirtualClock::wake_at(Timestamp time) {
    return time <= now() ? std::chrono::steady_clock::time_point() : std::chrono::steady_clock::time_point::max();
}

std::shared_ptr<void> VirtualClock::watch(std::function<void()> moved) {
    const std::lock_guard lock(watchers_->mutex);
    const std::uint64_t number = watchers_->next++;
    watchers_->moved.emplace(number, std::move(moved));
    return std::shared_ptr<void>(nullptr, [watchers = watchers_, number](void*) {
        const std::lock_guard end(watchers->mutex);
        watchers->moved.erase(number);
    });
}

void VirtualClock::set(Timestamp time) {
    const std::lock_guard lock(watchers_->mutex);
    if (time <= now()) return;
    microseconds_ = time.time_since_epoch().count();
    for (const auto& [number, moved] : watchers_->moved) moved();
}

}  // namespace varve::testing
