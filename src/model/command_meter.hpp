/// What has become of the commands of one type, and which of them are at work.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>

#include "varve/command.hpp"
#include "varve/command_status.hpp"

namespace varve {

namespace detail {
class CommandProgress;
}

/// Counted by every thread that sends, each in a part that it shares with few others.
class CommandMeter {
public:
    void queued() { queued_.fetch_add(1, std::memory_order_relaxed); }
    void begun() { queued_.fetch_sub(1, std::memory_order_relaxed); }
    /// A completion threw.
    void unanswered() { unanswered_.fetch_add(1, std::memory_order_relaxed); }
    /// All but the name.
    void read(CommandStatus& into) const;

private:
    friend class detail::CommandProgress;
    static constexpr std::size_t parts = 16;

    struct alignas(64) Part {
        mutable std::mutex mutex;
        CommandStatus sums;  ///< of what is over
        detail::CommandProgress* first = nullptr;
    };
    /// That of this thread.
    Part& part();

    std::array<Part, parts> parts_;
    std::atomic<std::uint64_t> queued_ = 0;
    std::atomic<std::uint64_t> unanswered_ = 0;
};

/// How far one command is. Lives on the stack of the thread that sends it.
class detail::CommandProgress {
public:
    explicit CommandProgress(CommandMeter& meter);
    CommandProgress(const CommandProgress&) = delete;
    CommandProgress& operator=(const CommandProgress&) = delete;
    ~CommandProgress();

    void enter(CommandStage stage) { stage_.store(stage, std::memory_order_relaxed); }
    void about(std::string entity);
    /// It is answered.
    void end(const Result<Receipt>& answer, int attempts);

private:
    friend class varve::CommandMeter;
    void unlink();

    CommandMeter::Part& part_;
    const std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
    std::atomic<CommandStage> stage_ = CommandStage::middleware;
    // Guarded by the part's mutex.
    std::string entity_;
    CommandProgress* before_ = nullptr;
    CommandProgress* after_ = nullptr;
    bool ended_ = false;
};

/// Of a command that nobody watches: nothing.
inline void enter(const CommandContext& context, CommandStage stage) {
    if (context.progress() != nullptr) context.progress()->enter(stage);
}

}  // namespace varve
