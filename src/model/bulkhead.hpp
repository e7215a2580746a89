/// A few threads and a short queue of one's own, so that who is slow holds up nobody else.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "varve/result.hpp"

namespace varve {

inline constexpr std::size_t bulkhead_threads = 4;  ///< begun when they are needed
inline constexpr std::size_t bulkhead_queue = 64;

/// Any thread may post and stop, but no job may stop it.
class Bulkhead {
public:
    using Job = std::function<void()>;

    explicit Bulkhead(std::size_t threads = bulkhead_threads, std::size_t queue = bulkhead_queue)
        : threads_max_(threads), queue_max_(queue) {}
    Bulkhead(const Bulkhead&) = delete;
    Bulkhead& operator=(const Bulkhead&) = delete;
    ~Bulkhead() { stop(); }

    /// The job will run, unless stop comes before; it does not throw. Errors: `resource_exhausted` (the queue is full, or
    /// there is no thread to be had), `failed_precondition` (stopped).
    Result<> post(Job job);
    /// Drops what waits, and waits for what runs. Idempotent.
    void stop();

private:
    void work();
    Result<> begin_thread();

    const std::size_t threads_max_;
    const std::size_t queue_max_;
    std::mutex mutex_;
    std::condition_variable posted_;
    std::deque<Job> jobs_;
    std::vector<std::thread> threads_;
    std::size_t idle_ = 0;
    bool stopped_ = false;
};

}  // namespace varve
