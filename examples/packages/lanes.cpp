#include "packages/lanes.hpp"

namespace packages {

Lanes::Lanes(unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
        threads_.emplace_back([this](const std::stop_token& stop) { work(stop); });
    }
}

void Lanes::run(const std::vector<std::function<void()>>& tasks) {
    std::unique_lock lock(mutex_);
    tasks_ = &tasks;
    next_ = done_ = 0;
    changed_.notify_all();
    changed_.wait(lock, [&] { return done_ == tasks.size(); });
    tasks_ = nullptr;
}

void Lanes::work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return tasks_ != nullptr && next_ < tasks_->size(); })) {
        const auto& task = (*tasks_)[next_++];
        lock.unlock();
        task();
        lock.lock();
        if (++done_ == tasks_->size()) changed_.notify_all();
    }
}

}  // namespace packages
