#include "model/listeners.hpp"

#include <utility>

#include "model/guard.hpp"

namespace varve {

Listeners::Id Listeners::add(std::function<void()> listener) {
    const std::lock_guard lock(mutex_);
    listeners_.emplace(next_, std::move(listener));
    return next_++;
}

void Listeners::remove(Id listener) {
    const std::lock_guard lock(mutex_);
    listeners_.erase(listener);
}

void Listeners::tell() {
    const std::lock_guard lock(mutex_);
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
