/// How far a projection has come, for those who wait for it.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>

#include "varve/engine.hpp"
#include "varve/projection.hpp"

namespace varve {

/// Written by the projection's worker, read by anybody.
class ProjectionProgress {
public:
    using State = ProjectionStatus::State;

    /// Every event below it is visible to queries. Also wakes those who waited for it.
    void reach(Position position);
    /// Not after the end.
    void set_state(State state);
    /// The end, the first time: `failed` with its error, or `stopped`.
    void end(State state, std::optional<Error> error);
    void went_wrong(const Error& error);
    void set_trying(std::optional<ProjectionStatus::Trying> trying);
    /// A handler is called; end_event: none is any more. Cheap, for every event.
    void begin_event(Position position);
    void end_event() { event_.store(0, std::memory_order_relaxed); }
    void set_rate(double events_per_second) { rate_.store(events_per_second, std::memory_order_relaxed); }

    [[nodiscard]] Position position() const { return Position{position_.load(std::memory_order_acquire)}; }
    [[nodiscard]] State state() const;
    [[nodiscard]] std::optional<Error> error() const;
    /// Is there an error? Without a lock, for every query.
    [[nodiscard]] bool failed() const { return failed_.load(std::memory_order_acquire); }
    /// All that it knows; whoever asks fills in the rest.
    void tell(ProjectionStatus& status) const;
    /// Has it come to its end? Without a lock.
    [[nodiscard]] bool ended() const { return ended_.load(std::memory_order_acquire); }
    [[nodiscard]] double rate() const { return rate_.load(std::memory_order_relaxed); }

    enum class Waited : std::uint8_t { reached, late, ended };
    /// Waits until every event below `target` is visible; `late` also when `given_up` was set, and then wake called.
    [[nodiscard]] Waited wait(Position target, Deadline deadline, const std::atomic<bool>* given_up = nullptr) const;
    void wake() const;

    using Listener = std::uint64_t;
    /// Calls it, in the worker's thread, after each move and at the end. What it throws is lost.
    [[nodiscard]] Listener listen(std::function<void()> moved) const;
    /// When this returns, it is not being called, nor called again. Not from itself.
    void unlisten(Listener listener) const;

private:
    static constexpr std::chrono::milliseconds slow_after{1000};
    /// To a few milliseconds, in a few nanoseconds.
    [[nodiscard]] static std::chrono::milliseconds coarse_now();
    void tell_listeners() const;

    std::atomic<std::uint64_t> position_ = 0;
    std::atomic<double> rate_ = 0;
    std::atomic<std::uint64_t> event_ = 0;  ///< the position that a handler is at, plus one; 0: none
    std::atomic<std::int64_t> event_since_ = 0;
    std::atomic<bool> failed_ = false;
    std::atomic<bool> ended_ = false;
    mutable std::mutex mutex_;
    mutable std::condition_variable moved_;
    State state_ = State::catching_up;
    std::optional<Error> error_;
    std::optional<Error> last_error_;
    std::optional<ProjectionStatus::Trying> trying_;
    mutable std::mutex listening_;  ///< guards the rest, also while listeners are called
    mutable std::map<Listener, std::function<void()>> listeners_;
    mutable Listener next_listener_ = 0;
};

}  // namespace varve
