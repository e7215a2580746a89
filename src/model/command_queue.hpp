/// Commands that nobody waits for in the call: a bounded queue, and threads that work on it in the order of entities.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <typeindex>
#include <unordered_map>
#include <vector>

#include "model/bulkhead.hpp"
#include "model/command_meter.hpp"
#include "model/command_watch.hpp"
#include "varve/command.hpp"
#include "varve/personal.hpp"

namespace varve {

struct QueuedCommand {
    QueuedCommand(std::type_index of, std::shared_ptr<const void> body, CommandContext about, Completion at_the_end)
        : type(of), command(std::move(body)), context(std::move(about)), done(std::move(at_the_end)) {}

    /// Whoever takes it answers it; true for one.
    bool take() { return !taken_.exchange(true); }

    std::type_index type;
    std::shared_ptr<const void> command;
    CommandContext context;
    Completion done;
    std::shared_ptr<CommandMeter> meter;   ///< nullptr: nobody handles it
    std::shared_ptr<detail::Sealer> keys;  ///< of the sender
    std::vector<std::uint64_t> lanes;      ///< one for each entity, no two alike
    Watched watched;
    // Guarded by the queue.
    std::size_t ahead = 0;                               ///< so many others must be over first
    std::vector<std::shared_ptr<QueuedCommand>> behind;  ///< those that it is ahead of

private:
    std::atomic<bool> taken_ = false;
};

/// A command is begun when all that came before it in one of its lanes are over.
class CommandQueue {
public:
    /// Does the work; throws nothing.
    using Run = std::function<Result<Receipt>(QueuedCommand& command)>;

    /// Without threads the command is run by who posts it.
    CommandQueue(Run run, std::size_t threads);
    CommandQueue(const CommandQueue&) = delete;
    CommandQueue& operator=(const CommandQueue&) = delete;
    ~CommandQueue() { static_cast<void>(stop()); }

    /// The command will be answered once, by an error before this comes back when it is not taken.
    void post(const std::shared_ptr<QueuedCommand>& command);
    /// Calls what is to be called at the end.
    static void answer(QueuedCommand& command, Result<Receipt> answer);

    /// Answers all that is not begun `cancelled`, waits for the rest. Idempotent; an error in a thread of its own.
    Result<> stop();

private:
    std::optional<Error> place(const std::shared_ptr<QueuedCommand>& command);
    std::optional<Error> wait_for_room(std::unique_lock<std::mutex>& lock, const CommandOptions& options);
    std::optional<Error> begin(const std::shared_ptr<QueuedCommand>& command);
    void work(QueuedCommand& command);
    void give_up(QueuedCommand& command, Code code, std::string_view why = {});
    void leave(QueuedCommand& command);

    const Run run_;
    const bool threads_;
    std::mutex mutex_;
    std::condition_variable_any room_;
    std::condition_variable drained_;
    std::unordered_map<std::uint64_t, QueuedCommand*> last_;  ///< of each lane in which there is one
    std::size_t count_ = 0;
    bool stopped_ = false;
    CommandWatch watch_;
    Bulkhead pool_;
};

}  // namespace varve
