#include <pthread.h>
#include <sys/random.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "io/environment.hpp"

namespace varve::io {
namespace {

class RealClock final : public Clock {
public:
    Timestamp now() override { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); }
    std::chrono::steady_clock::time_point steady_now() override { return std::chrono::steady_clock::now(); }
};

class RealRandom final : public Random {
public:
    std::uint64_t next() override {
        std::uint64_t number = 0;
        while (getrandom(&number, sizeof number, 0) != static_cast<ssize_t>(sizeof number)) {
        }
        return number;
    }
};

class ThreadTask final : public Task {
public:
    ThreadTask(const std::string& name, std::chrono::milliseconds period, std::function<void()> work)
        : period_(period), work_(std::move(work)), thread_([this] { run(); }) {
        pthread_setname_np(thread_.native_handle(), name.substr(0, 15).c_str());
    }
    ~ThreadTask() override {
        {
            const std::lock_guard lock(mutex_);
            stop_ = true;
        }
        changed_.notify_one();
        thread_.join();
    }

    void wake() override {
        {
            const std::lock_guard lock(mutex_);
            if (woken_) return;
            woken_ = true;
        }
        changed_.notify_one();
    }

private:
    void run() {
        std::unique_lock lock(mutex_);
        for (;;) {
            const auto ready = [this] { return woken_ || stop_; };
            if (period_.count() == 0) {
                changed_.wait(lock, ready);
            } else {
                changed_.wait_for(lock, period_, ready);
            }
            if (stop_) return;
            woken_ = false;
            lock.unlock();
            work_();
            lock.lock();
        }
    }

    const std::chrono::milliseconds period_;
    const std::function<void()> work_;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool woken_ = false;
    bool stop_ = false;
    std::thread thread_;  // last: it uses all of the above
};

class ThreadExecutor final : public Executor {
public:
    std::unique_ptr<Task> start(std::string name, std::chrono::milliseconds period,
                                std::function<void()> work) override {
        return std::make_unique<ThreadTask>(name, period, std::move(work));
    }
};

}  // namespace

Environment real_environment() {
    return {.files = real_files(),
            .clock = std::make_shared<RealClock>(),
            .random = std::make_shared<RealRandom>(),
            .executor = std::make_shared<ThreadExecutor>()};
}

}  // namespace varve::io
