/// Makes a worker stand still at a position that somebody else chooses, between two batches.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <limits>
#include <mutex>

#include "varve/engine.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

/// One holder at a time; the worker's side is for its thread.
class Brake {
public:
    /// Events from this position on have to wait. A worker that is beyond it stops after the event at hand.
    void hold_at(Position limit);
    void release() { hold_at(Position{std::numeric_limits<std::uint64_t>::max()}); }
    /// Waits until the worker stands still: it has come to `limit`, or has ended, or there is no event for it; then it
    /// begins none before release. False: not by then.
    [[nodiscard]] bool wait_still(Deadline deadline);

    /// Must the batch end here?
    [[nodiscard]] bool reached(Position position) const {
        return position.value >= limit_.load(std::memory_order_relaxed);
    }
    /// Nothing is at work.
    void rest();
    /// An event is there: waits until it may be applied. False: the worker shall end.
    [[nodiscard]] bool go(Position position);
    /// The worker ends, or shall.
    void end();

private:
    std::atomic<std::uint64_t> limit_ = std::numeric_limits<std::uint64_t>::max();  ///< changed under the mutex
    std::mutex mutex_;                                                              ///< guards the rest
    std::condition_variable changed_;
    bool still_ = true;
    bool ended_ = false;
};

}  // namespace varve
