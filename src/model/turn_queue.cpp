#include "model/turn_queue.hpp"

namespace varve {

void TurnQueue::give(std::string_view name) {
    taken_ = true;
    holder_.name = name;
    holder_.since = std::chrono::steady_clock::now();
}

bool TurnQueue::try_take(std::string_view name) {
    if (!idle()) return false;
    give(name);
    return true;
}

bool TurnQueue::take(std::unique_lock<std::mutex>& lock, std::string_view name, Deadline deadline,
                     const std::stop_token& cancel) {
    if (try_take(name)) return true;
    Waiter self{.name = name};
    (last_ != nullptr ? last_->next : first_) = &self;
    last_ = &self;
    ++holder_.waiting;
    const auto has_turn = [&] { return self.has_turn; };
    // Not every standard library waits until the end of time without overflowing.
    const bool taken = deadline == Deadline::max() ? self.ready.wait(lock, cancel, has_turn)
                                                   : self.ready.wait_until(lock, cancel, deadline, has_turn);
    if (!taken) remove(self);
    return taken;
}

void TurnQueue::leave() {
    taken_ = false;
    holder_.name = {};
    if (first_ == nullptr) return;
    Waiter& next = *first_;
    remove(next);
    give(next.name);
    next.has_turn = true;
    // Under the mutex: the waiter's stack may be gone as soon as it is let go.
    next.ready.notify_one();
}

void TurnQueue::remove(const Waiter& waiter) {
    Waiter* before = nullptr;
    for (Waiter* at = first_; at != &waiter; at = at->next) before = at;
    (before != nullptr ? before->next : first_) = waiter.next;
    if (last_ == &waiter) last_ = before;
    --holder_.waiting;
}

}  // namespace varve
