/// Everything the engine takes from outside, in one hand: files, time, randomness, background work.
/// Production uses real_environment(); simulation puts twins in, driven by a seed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "io/files.hpp"
#include "varve/types.hpp"

namespace varve::io {

/// Wall time for stamps, steady time for waiting. Safe from any thread.
class Clock {
public:
    Clock() = default;
    Clock(const Clock&) = delete;
    Clock& operator=(const Clock&) = delete;
    virtual ~Clock() = default;
    virtual Timestamp now() = 0;
    virtual std::chrono::steady_clock::time_point steady_now() = 0;
};

/// Randomness for salts and ids. Safe from any thread.
class Random {
public:
    Random() = default;
    Random(const Random&) = delete;
    Random& operator=(const Random&) = delete;
    virtual ~Random() = default;
    virtual std::uint64_t next() = 0;
};

/// A piece of background work that sleeps until it is woken. Destroying it waits for a run under way.
class Task {
public:
    Task() = default;
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    virtual ~Task() = default;
    /// The work will run (again) from its beginning some time after this call. Cheap; never blocks.
    virtual void wake() = 0;
};

/// Runs Tasks: a thread each in production, by the seed's choice in simulation.
class Executor {
public:
    Executor() = default;
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;
    virtual ~Executor() = default;
    /// `work` runs after every wake (several wakes may share one run) and, when `period` is not zero, also when
    /// so much time has passed since its last run. Never at the same time as itself. `name`: at most 15 bytes.
    /// Throws std::system_error when there is no thread to be had; whoever opens a store catches it.
    virtual std::unique_ptr<Task> start(std::string name, std::chrono::milliseconds period,
                                        std::function<void()> work) = 0;
};

/// The four seams; whoever holds an Environment shares ownership of them.
struct Environment {
    std::shared_ptr<Files> files;
    std::shared_ptr<Clock> clock;
    std::shared_ptr<Random> random;
    std::shared_ptr<Executor> executor;
};

[[nodiscard]] Environment real_environment();

}  // namespace varve::io
