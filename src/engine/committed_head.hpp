/// The committed head, and those who wait for it to move. Publishing costs the writer nothing when nobody waits.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "varve/engine.hpp"
#include "varve/types.hpp"

namespace varve::engine {

/// Safe from any thread; publish from one at a time.
class CommittedHead {
public:
    explicit CommittedHead(Position head) : head_(head.value) {}

    [[nodiscard]] Position get() const { return Position{head_.load(std::memory_order_acquire)}; }

    void publish(Position head) {
        head_.store(head.value);
        // Sequentially consistent with the waiter's announcement: one of the two sees the other.
        if (waiting_.load() > 0) wake();
    }

    /// Waits until the head is beyond `position`; false at the deadline and after wake().
    bool wait_beyond(Position position, Deadline deadline) {
        if (get() > position) return true;
        std::unique_lock lock(mutex_);
        ++waiting_;
        const std::uint64_t wakes = wakes_;
        const auto over = [&] { return Position{head_.load()} > position || wakes_ != wakes; };
        if (deadline == Deadline::max()) {
            changed_.wait(lock, over);
        } else {
            changed_.wait_until(lock, deadline, over);
        }
        --waiting_;
        return Position{head_.load()} > position;
    }

    /// Every present wait_beyond returns.
    void wake() {
        {
            const std::lock_guard lock(mutex_);
            ++wakes_;
        }
        changed_.notify_all();
    }

private:
    std::atomic<std::uint64_t> head_;
    std::atomic<std::uint32_t> waiting_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t wakes_ = 0;  ///< guarded by mutex_
};

}  // namespace varve::engine
