/// The deterministic twins of clock, randomness and threads: a run depends on its seed and on nothing else.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <vector>

#include "io/environment.hpp"

namespace varve::io {

/// Stands still until it is moved.
class ManualClock final : public Clock {
public:
    explicit ManualClock(Timestamp start = Timestamp(std::chrono::seconds(1'700'000'000)))
        : microseconds_(start.time_since_epoch().count()) {}
    Timestamp now() override { return Timestamp(std::chrono::microseconds(microseconds_.load())); }
    std::chrono::steady_clock::time_point steady_now() override {
        return std::chrono::steady_clock::time_point(std::chrono::microseconds(microseconds_.load()));
    }
    void advance(std::chrono::microseconds by) { microseconds_ += by.count(); }

private:
    std::atomic<std::int64_t> microseconds_;
};

class SeededRandom final : public Random {
public:
    explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
    std::uint64_t next() override {
        const std::lock_guard guard(mutex_);
        return engine_();
    }

private:
    std::mutex mutex_;
    std::mt19937_64 engine_;
};

/// Runs background work only when told to, in the teller's thread.
class ManualExecutor final : public Executor {
public:
    ManualExecutor();
    ~ManualExecutor() override;
    std::unique_ptr<Task> start(std::string name, std::chrono::milliseconds period,
                                std::function<void()> work) override;

    /// Runs every task that was woken since its last run, in the order of their starting, until none is left.
    /// Answers how many runs that were.
    std::size_t run_woken();
    /// Lets one period pass for every periodic task, then run_woken().
    std::size_t run_periodic();

private:
    class State;
    std::shared_ptr<State> state_;
};

}  // namespace varve::io
