#include "net/timers.hpp"

#include <algorithm>
#include <utility>

namespace varve::net {

Loop::TimerId Timers::add(Clock::time_point time, Task task) {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const std::uint32_t at = free_.back();
    free_.pop_back();
    Slot& slot = slots_[at];
    slot.task = std::move(task);
    slot.live = true;
    heap_.push_back({time, order_++, at, slot.generation});
    std::push_heap(heap_.begin(), heap_.end());
    return std::uint64_t{slot.generation} << 32 | at;
}

void Timers::cancel(Loop::TimerId timer) {
    const auto at = static_cast<std::uint32_t>(timer);
    const auto generation = static_cast<std::uint32_t>(timer >> 32);
    if (at >= slots_.size() || !slots_[at].live || slots_[at].generation != generation) return;
    // Moved out first: what the task held may add timers when it goes.
    const Task gone = std::move(slots_[at].task);
    give_back(at);
    if (++dead_ > 64 && dead_ > heap_.size() / 2) {
        std::erase_if(heap_, [this](const Entry& entry) { return !alive(entry); });
        std::make_heap(heap_.begin(), heap_.end());
        dead_ = 0;
    }
}

std::optional<Clock::time_point> Timers::next() {
    drop_dead_top();
    if (heap_.empty()) return std::nullopt;
    return heap_.front().time;
}

void Timers::run_due(Clock::time_point now) {
    const std::uint64_t until = order_;
    for (;;) {
        drop_dead_top();
        if (heap_.empty() || heap_.front().time > now || heap_.front().order >= until) return;
        const std::uint32_t at = heap_.front().slot;
        pop();
        const Task task = std::move(slots_[at].task);
        give_back(at);
        task();
    }
}

void Timers::clear() {
    heap_.clear();
    dead_ = 0;
    for (std::uint32_t at = 0; at < slots_.size(); ++at) {
        if (!slots_[at].live) continue;
        const Task gone = std::move(slots_[at].task);
        give_back(at);
    }
}

bool Timers::alive(const Entry& entry) const {
    return slots_[entry.slot].live && slots_[entry.slot].generation == entry.generation;
}

void Timers::drop_dead_top() {
    while (!heap_.empty() && !alive(heap_.front())) {
        pop();
        --dead_;
    }
}

void Timers::give_back(std::uint32_t slot) {
    slots_[slot].task = nullptr;
    slots_[slot].live = false;
    ++slots_[slot].generation;
    free_.push_back(slot);
}

void Timers::pop() {
    std::pop_heap(heap_.begin(), heap_.end());
    heap_.pop_back();
}

}  // namespace varve::net
