/// Commands in the queue whose sender waits no longer: they are answered at once, not only when their turn comes.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "varve/command.hpp"

namespace varve {

struct QueuedCommand;

/// What the watch knows of one command.
struct Watched {
    std::optional<std::multimap<Deadline, std::shared_ptr<QueuedCommand>>::iterator> deadline = {};
    std::optional<std::stop_callback<std::function<void()>>> cancel = {};
};

class CommandWatch {
public:
    /// Called in the thread of the watch, perhaps for a command that was begun meanwhile.
    using GiveUp = std::function<void(QueuedCommand& command, Code code)>;

    explicit CommandWatch(GiveUp give_up) : give_up_(std::move(give_up)) {}
    CommandWatch(const CommandWatch&) = delete;
    CommandWatch& operator=(const CommandWatch&) = delete;
    ~CommandWatch() { stop(); }

    /// Costs nothing where it can neither be late nor cancelled.
    void watch(const std::shared_ptr<QueuedCommand>& command);
    /// It is begun, or over.
    void leave(QueuedCommand& command);
    /// No command may be watched any more. Idempotent.
    void stop();

private:
    void begin_thread();
    void work();

    const GiveUp give_up_;
    std::mutex mutex_;
    std::condition_variable news_;
    std::multimap<Deadline, std::shared_ptr<QueuedCommand>> deadlines_;
    std::vector<std::shared_ptr<QueuedCommand>> cancelled_;
    std::thread thread_;
    bool stopped_ = false;
};

}  // namespace varve
