#include "model/command_meter.hpp"

#include <algorithm>
#include <utility>

#include "varve/limits.hpp"

namespace varve {

namespace {

void count_reason(CommandStatus& sums, const std::string& reason, std::uint64_t times) {
    const auto known = sums.reasons.find(reason);
    if (known != sums.reasons.end()) {
        known->second += times;
    } else if (sums.reasons.size() < limits::command_reasons) {
        sums.reasons.emplace(reason, times);
    }
}

void count_answer(CommandStatus& sums, const Result<Receipt>& answer) {
    if (answer.ok()) {
        ++(answer->repeated ? sums.repeated : sums.accepted);
    } else if (answer.error().code == Code::failed_precondition && !answer.error().reason.empty()) {
        ++sums.rejected;
        count_reason(sums, answer.error().reason, 1);
    } else {
        ++sums.failed;
    }
}

void add(CommandStatus& into, const CommandStatus& sums) {
    into.accepted += sums.accepted;
    into.repeated += sums.repeated;
    into.rejected += sums.rejected;
    into.failed += sums.failed;
    into.attempts += sums.attempts;
    into.conflicts += sums.conflicts;
    into.total += sums.total;
    into.slowest = std::max(into.slowest, sums.slowest);
    for (const auto& [reason, times] : sums.reasons) count_reason(into, reason, times);
}

}  // namespace

CommandMeter::Part& CommandMeter::part() {
    static std::atomic<std::size_t> threads = 0;
    thread_local const std::size_t mine = threads.fetch_add(1, std::memory_order_relaxed) % parts;
    return parts_.at(mine);
}

void CommandMeter::read(CommandStatus& into) const {
    const auto now = std::chrono::steady_clock::now();
    for (const Part& part : parts_) {
        const std::lock_guard lock(part.mutex);
        add(into, part.sums);
        for (const detail::CommandProgress* each = part.first; each != nullptr; each = each->after_) {
            ++into.in_flight;
            const auto running = now - each->since_;
            if (into.longest && into.longest->running >= running) continue;
            into.longest = {each->entity_, each->stage_.load(std::memory_order_relaxed), running};
        }
    }
    into.sent = into.accepted + into.repeated + into.rejected + into.failed + into.in_flight;
    into.queued = queued_.load(std::memory_order_relaxed);
    into.unanswered = unanswered_.load(std::memory_order_relaxed);
}

namespace detail {

CommandProgress::CommandProgress(CommandMeter& meter) : part_(meter.part()) {
    const std::lock_guard lock(part_.mutex);
    after_ = std::exchange(part_.first, this);
    if (after_ != nullptr) after_->before_ = this;
}

CommandProgress::~CommandProgress() {
    if (ended_) return;
    const std::lock_guard lock(part_.mutex);
    unlink();
}

void CommandProgress::unlink() {
    (before_ != nullptr ? before_->after_ : part_.first) = after_;
    if (after_ != nullptr) after_->before_ = before_;
    ended_ = true;
}

void CommandProgress::about(std::string entity) {
    const std::lock_guard lock(part_.mutex);
    entity_.swap(entity);
}

void CommandProgress::end(const Result<Receipt>& answer, int attempts) {
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - since_;
    const std::lock_guard lock(part_.mutex);
    unlink();
    CommandStatus& sums = part_.sums;
    count_answer(sums, answer);
    sums.attempts += static_cast<std::uint64_t>(attempts);
    sums.conflicts += static_cast<std::uint64_t>(std::max(attempts - 1, 0));
    sums.total += took;
    sums.slowest = std::max(sums.slowest, took);
}

}  // namespace detail

std::string_view to_string(CommandStage stage) {
    switch (stage) {
        case CommandStage::middleware: return "in a middleware";
        case CommandStage::waiting: return "waiting for its turn";
        case CommandStage::loading: return "loading";
        case CommandStage::deciding: return "deciding";
        case CommandStage::appending: return "appending";
        case CommandStage::pausing: return "pausing before another attempt";
    }
    return "unknown";
}

}  // namespace varve
