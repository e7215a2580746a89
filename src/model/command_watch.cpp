#include "model/command_watch.hpp"

#include <chrono>
#include <system_error>
#include <utility>

#include "model/command_queue.hpp"

namespace varve {

void CommandWatch::watch(const std::shared_ptr<QueuedCommand>& command) {
    const CommandOptions& options = command->context.options();
    if (options.deadline != Deadline::max()) {
        const std::lock_guard lock(mutex_);
        begin_thread();
        command->watched.deadline = deadlines_.emplace(options.deadline, command);
        if (*command->watched.deadline == deadlines_.begin()) news_.notify_one();
    }
    if (!options.cancel.stop_possible()) return;
    {
        const std::lock_guard lock(mutex_);
        begin_thread();
    }
    // Called here and now when it is cancelled already.
    command->watched.cancel.emplace(options.cancel, [this, weak = std::weak_ptr(command)] {
        const std::lock_guard lock(mutex_);
        if (auto strong = weak.lock()) cancelled_.push_back(std::move(strong));
        news_.notify_one();
    });
}

void CommandWatch::leave(QueuedCommand& command) {
    command.watched.cancel.reset();
    if (command.context.options().deadline == Deadline::max()) return;
    const std::lock_guard lock(mutex_);
    if (command.watched.deadline) deadlines_.erase(*std::exchange(command.watched.deadline, {}));
}

/// Without a thread to be had, commands are told when their turn comes.
void CommandWatch::begin_thread() {
    if (thread_.joinable()) return;
    try {
        thread_ = std::thread([this] { work(); });
    } catch (const std::system_error&) {
        return;
    }
}

void CommandWatch::work() {
    std::unique_lock lock(mutex_);
    while (!stopped_) {
        std::vector<std::pair<std::shared_ptr<QueuedCommand>, Code>> given_up;
        for (auto& command : std::exchange(cancelled_, {})) given_up.emplace_back(std::move(command), Code::cancelled);
        const auto late = deadlines_.upper_bound(std::chrono::steady_clock::now());
        for (auto each = deadlines_.begin(); each != late; each = deadlines_.erase(each)) {
            each->second->watched.deadline.reset();
            given_up.emplace_back(each->second, Code::deadline_exceeded);
        }
        if (!given_up.empty()) {
            lock.unlock();
            for (const auto& [command, code] : given_up) give_up_(*command, code);
            given_up.clear();
            lock.lock();
        } else if (deadlines_.empty()) {
            news_.wait(lock);
        } else {
            // By value: the wait looks at it again when the command may have left.
            const Deadline next = deadlines_.begin()->first;
            news_.wait_until(lock, next);
        }
    }
}

void CommandWatch::stop() {
    std::thread thread;
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
        thread.swap(thread_);
    }
    news_.notify_one();
    if (thread.joinable()) thread.join();
}

}  // namespace varve
