#include "model/bulkhead.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "model/at_work.hpp"

namespace varve {

Result<> Bulkhead::post(Job job) {
    const std::lock_guard lock(mutex_);
    if (stopped_) return Error{.code = Code::failed_precondition, .message = "its App was closed"};
    if (jobs_.size() >= queue_max_) {
        return Error{.code = Code::resource_exhausted,
                     .message = fmt::format("{} questions wait for it already; ask again later", jobs_.size())};
    }
    if (idle_ <= jobs_.size() && threads_.size() < threads_max_) {
        Result<> begun = begin_thread();
        if (!begun.ok() && threads_.empty()) return begun;
    }
    jobs_.push_back(std::move(job));
    posted_.notify_one();
    return {};
}

Result<> Bulkhead::begin_thread() {
    try {
        threads_.emplace_back([this] { work(); });
    } catch (const std::system_error& error) {
        return Error{.code = Code::resource_exhausted,
                     .message = fmt::format("no thread to be had: {}; ask again later", error.what())};
    }
    return {};
}

void Bulkhead::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        posted_.wait(lock, [&] { return stopped_ || !jobs_.empty(); });
        --idle_;
        if (stopped_) return;
        Job job = std::move(jobs_.front());
        jobs_.pop_front();
        lock.unlock();
        {
            const AtWork here(this);
            job();
            job = nullptr;
        }
        lock.lock();
    }
}

void Bulkhead::stop() {
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        jobs_.clear();
        threads.swap(threads_);
    }
    posted_.notify_all();
    for (std::thread& thread : threads) thread.join();
}

}  // namespace varve
