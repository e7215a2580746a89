#include "model/command_queue.hpp"

#include <fmt/format.h>

#include <chrono>
#include <utility>

#include "model/at_work.hpp"
#include "model/guard.hpp"
#include "varve/limits.hpp"

namespace varve {

CommandQueue::CommandQueue(Run run, std::size_t threads)
    : run_(std::move(run)),
      threads_(threads > 0),
      watch_([this](QueuedCommand& command, Code code) { give_up(command, code); }),
      pool_(threads, limits::queued_commands) {}

void CommandQueue::post(const std::shared_ptr<QueuedCommand>& command) {
    if (!threads_) {
        const AtWork here(this);
        return answer(*command, run_(*command));
    }
    if (auto refused = place(command)) answer(*command, *std::move(refused));
}

void CommandQueue::answer(QueuedCommand& command, Result<Receipt> answer) {
    const Result<> called = guarded(
        [&]() -> Result<> {
            command.done(std::move(answer));
            return {};
        },
        [] { return "the completion"; });
    if (!called.ok() && command.meter != nullptr) command.meter->unanswered();
}

std::optional<Error> CommandQueue::place(const std::shared_ptr<QueuedCommand>& command) {
    std::unique_lock lock(mutex_);
    if (auto refused = wait_for_room(lock, command->context.options())) {
        refused->message =
            fmt::format("command {}: {}; nothing was written", command->context.command(), refused->message);
        return refused;
    }
    for (const std::uint64_t lane : command->lanes) {
        QueuedCommand*& last = last_[lane];
        if (QueuedCommand* before = std::exchange(last, command.get()); before != nullptr) {
            before->behind.push_back(command);
            ++command->ahead;
        }
    }
    ++count_;
    command->meter->queued();
    watch_.watch(command);
    return command->ahead == 0 ? begin(command) : std::nullopt;
}

std::optional<Error> CommandQueue::wait_for_room(std::unique_lock<std::mutex>& lock, const CommandOptions& options) {
    const auto room = [&] { return stopped_ || count_ < limits::queued_commands; };
    if (stopped_) return Error{.code = Code::failed_precondition, .message = "the App is closed"};
    if (room()) return {};
    if (options.when_full == WhenFull::refuse || AtWork::here(this)) {
        return Error{.code = Code::resource_exhausted,
                     .message = fmt::format("{} commands are on their way already; send it again later", count_)};
    }
    const bool found = room_.wait_until(lock, options.cancel, options.deadline, room);
    if (found && !stopped_) return {};
    if (found) return Error{.code = Code::cancelled, .message = "the App was closed before there was room for it"};
    if (options.cancel.stop_requested()) return Error{.code = Code::cancelled, .message = "it was cancelled"};
    return Error{.code = Code::deadline_exceeded, .message = "the time limit passed before there was room for it"};
}

/// An error: it is not in the queue any more.
std::optional<Error> CommandQueue::begin(const std::shared_ptr<QueuedCommand>& command) {
    const Result<> posted = pool_.post([this, command] { work(*command); });
    if (posted.ok()) return {};
    for (const std::uint64_t lane : command->lanes) last_.erase(lane);
    --count_;
    watch_.leave(*command);
    if (!command->take()) return {};
    command->meter->begun();
    return posted.error();
}

void CommandQueue::work(QueuedCommand& command) {
    const AtWork here(this);
    bool stopped = false;
    {
        const std::lock_guard lock(mutex_);
        stopped = stopped_;
    }
    watch_.leave(command);
    const bool late = std::chrono::steady_clock::now() >= command.context.deadline();
    if (stopped) {
        give_up(command, Code::cancelled, "the App was closed before its turn came");
    } else if (late || command.context.cancelled()) {
        give_up(command, command.context.cancelled() ? Code::cancelled : Code::deadline_exceeded);
    } else if (command.take()) {
        command.meter->begun();
        answer(command, run_(command));
    }
    leave(command);
}

void CommandQueue::give_up(QueuedCommand& command, Code code, std::string_view why) {
    const AtWork here(this);
    if (!command.take()) return;
    command.meter->begun();
    if (why.empty()) {
        why = code == Code::cancelled ? "it was cancelled before its turn came"
                                      : "the time limit passed before its turn came";
    }
    answer(command,
           Error{.code = code,
                 .message = fmt::format("command {}: {}; nothing was written", command.context.command(), why)});
}

void CommandQueue::leave(QueuedCommand& command) {
    const std::lock_guard lock(mutex_);
    for (const std::uint64_t lane : command.lanes) {
        if (const auto last = last_.find(lane); last->second == &command) last_.erase(last);
    }
    --count_;
    // There is a thread, this one: what is begun here is taken.
    for (auto& next : std::exchange(command.behind, {})) {
        if (--next->ahead == 0) begin(next);
    }
    room_.notify_one();
    if (count_ == 0) drained_.notify_all();
}

Result<> CommandQueue::stop() {
    if (AtWork::here(this)) return closed_from_within();
    {
        std::unique_lock lock(mutex_);
        stopped_ = true;
        room_.notify_all();
        drained_.wait(lock, [&] { return count_ == 0; });
    }
    pool_.stop();
    watch_.stop();
    return {};
}

}  // namespace varve
