/// A few threads that work side by side: while one waits for its commit to reach the disk, the others join the same
/// sync. That is what makes an import of single, durable commands quick.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

namespace packages {

class Lanes {
public:
    explicit Lanes(unsigned count);
    ~Lanes() = default;
    Lanes(const Lanes&) = delete;
    Lanes& operator=(const Lanes&) = delete;

    /// Does every task, several at a time, and returns when all are done. Tasks must not throw. One caller at a time.
    void run(const std::vector<std::function<void()>>& tasks);

private:
    void work(const std::stop_token& stop);

    std::mutex mutex_;
    std::condition_variable_any changed_;
    const std::vector<std::function<void()>>* tasks_ = nullptr;
    std::size_t next_ = 0;
    std::size_t done_ = 0;
    std::vector<std::jthread> threads_;  // last: they end before what they use
};

}  // namespace packages
