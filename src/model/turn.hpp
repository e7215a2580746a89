/// Whose turn it is to apply events: one thread at a time, and those who wait may find their work done by it.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "varve/engine.hpp"

namespace varve {

class Turn {
public:
    enum class Got : std::uint8_t { turn, done, late };

    /// Waits for the turn, or until `done()`, which may change whenever a turn ends. Not within one's own turn.
    template <class Done>
    [[nodiscard]] Got take(Deadline deadline, const Done& done) {
        std::unique_lock lock(mutex_);
        const auto ready = [&] { return !taken_ || done(); };
        if (deadline == Deadline::max()) {
            ended_.wait(lock, ready);
        } else {
            ended_.wait_until(lock, deadline, ready);
        }
        if (done()) return Got::done;
        if (taken_) return Got::late;
        taken_ = true;
        owner_ = std::this_thread::get_id();
        return Got::turn;
    }
    void give_back() {
        {
            const std::lock_guard lock(mutex_);
            taken_ = false;
            owner_ = {};
        }
        ended_.notify_all();
    }
    /// Does this thread have it? A handler that asks its own projection must not wait for itself.
    [[nodiscard]] bool mine() {
        const std::lock_guard lock(mutex_);
        return taken_ && owner_ == std::this_thread::get_id();
    }

private:
    std::mutex mutex_;
    std::condition_variable ended_;
    std::thread::id owner_;
    bool taken_ = false;
};

}  // namespace varve
