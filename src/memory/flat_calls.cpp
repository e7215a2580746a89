#include "memory/flat_calls.hpp"

#include <deque>
#include <utility>

namespace varve::memory {

void run_flat(std::function<void()> work) noexcept {
    static thread_local std::deque<std::function<void()>>* waiting = nullptr;
    if (waiting != nullptr) {
        waiting->push_back(std::move(work));
        return;
    }
    std::deque<std::function<void()>> queue;
    waiting = &queue;
    queue.push_back(std::move(work));
    while (!queue.empty()) {
        const auto next = std::move(queue.front());
        queue.pop_front();
        next();
    }
    waiting = nullptr;
}

}  // namespace varve::memory
