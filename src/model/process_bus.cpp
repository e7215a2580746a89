#include "model/process_bus.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "store/deadline.hpp"
#include "store/names.hpp"

namespace varve {

namespace {

Error not_running(std::string_view process) {
    return {.code = Code::not_found, .message = fmt::format("no process {} runs", store::in_quotes(process))};
}

}  // namespace

ProcessBus::ProcessBus(const Store& store, CommandBus& commands, std::shared_ptr<detail::Sealer> keys,
                       std::shared_ptr<Clock> clock, bool with_threads)
    : store_(store),
      commands_(commands),
      keys_(std::move(keys)),
      clock_(std::move(clock)),
      with_threads_(with_threads) {}

ProcessBus::~ProcessBus() {
    stop();
}

std::shared_ptr<ProcessWorker> ProcessBus::start(const detail::ProcessType& type) {
    const KeysHere keys(keys_);
    return std::make_shared<ProcessWorker>(type, store_, commands_, clock_, with_threads_, [this] {
        const std::lock_guard lock(settled_);
        change_.notify_all();
    });
}

Result<> ProcessBus::run(const detail::ProcessType& type) {
    const std::unique_lock lock(mutex_);
    const auto same = std::ranges::find_if(workers_, [&](const auto& worker) {
        return worker->type().name == type.name || worker->type().category == type.category;
    });
    Result<> fit;
    if (stopped_) {
        fit = Error{.code = Code::failed_precondition, .message = "the App is closed"};
    } else if (same != workers_.end()) {
        fit = Error{.code = Code::already_exists,
                    .message = fmt::format("process {} runs already, or another one of its name or category '{}'; "
                                           "call run once for each process",
                                           type.name, type.category)};
    } else {
        fit = commands_.reserve(type.category, type.name);
    }
    if (fit.ok()) {
        workers_.push_back(start(type));
        return fit;
    }
    ProcessStatus status;
    status.name = type.name;
    status.state = ProcessStatus::State::failed;
    status.error = fit.error();
    mistakes_.push_back(std::move(status));
    return fit;
}

std::vector<std::shared_ptr<ProcessWorker>> ProcessBus::workers() const {
    const std::shared_lock lock(mutex_);
    return workers_;
}

std::vector<ProcessStatus> ProcessBus::statuses() const {
    std::vector<ProcessStatus> statuses;
    for (const auto& worker : workers()) statuses.push_back(worker->status());
    const std::shared_lock lock(mutex_);
    statuses.insert(statuses.end(), mistakes_.begin(), mistakes_.end());
    return statuses;
}

void ProcessBus::add_stored(std::vector<detail::StoredNames>& readers) const {
    for (const auto& worker : workers()) readers.push_back(worker->type().stored);
}

void ProcessBus::handler_added() {
    bool look = false;
    {
        const std::shared_lock lock(mutex_);
        look = !follows_schedule_ && !stopped_;
    }
    if (look) {
        const auto earlier = store_.streams(std::string(scheduled_type().category) + "-", {}, 1);
        if (earlier.ok() && !earlier->empty()) follow_schedule();
    }
    for (const auto& worker : workers()) worker->hurry();
}

void ProcessBus::follow_schedule() {
    const std::unique_lock lock(mutex_);
    if (std::exchange(follows_schedule_, true) || stopped_) return;
    workers_.push_back(start(scheduled_type()));
}

Result<Scheduled> ProcessBus::schedule(std::string_view command, Result<std::string> data, Timestamp due,
                                       const CommandOptions& options) {
    if (!data.ok()) return std::move(data).within(fmt::format("command {}", command)).error();
    auto scheduled = record_schedule(store_, command, std::move(*data), clock_->now(), due, options);
    if (scheduled.ok()) follow_schedule();
    return scheduled;
}

Result<> ProcessBus::unschedule(const std::string& id) {
    return record_unschedule(store_, id, clock_->now());
}

std::shared_ptr<ProcessWorker> ProcessBus::find(std::string_view process) const {
    for (const auto& worker : workers()) {
        if (worker->type().name == process) return worker;
    }
    return nullptr;
}

Result<> ProcessBus::retry(std::string_view process, const std::string& key) {
    const auto worker = find(process);
    if (worker != nullptr) return worker->retry(key);
    return not_running(process);
}

Result<> ProcessBus::rehear(std::string_view process, Position position) {
    const auto worker = find(process);
    if (worker != nullptr) return worker->rehear(position);
    return not_running(process);
}

bool ProcessBus::idle() const {
    const Position head = store_.head();
    const auto all = workers();
    const auto rests = [&](const auto& worker) { return worker->idle(head); };
    // Twice: what one of them did while another was asked has moved the head.
    return std::ranges::all_of(all, rests) && store_.head() == head && std::ranges::all_of(all, rests);
}

Result<> ProcessBus::settle(std::chrono::milliseconds limit) {
    const Deadline deadline = store::deadline_in(limit);
    for (bool worked = !with_threads_; worked;) {
        worked = false;
        for (const auto& worker : workers()) worked = worker->turn() || worked;
        if (worked && std::chrono::steady_clock::now() >= deadline) break;
    }
    std::unique_lock lock(settled_);
    for (;;) {
        if (idle()) return {};
        const auto step = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
        if (std::chrono::steady_clock::now() >= deadline || !with_threads_) break;
        change_.wait_until(lock, std::min(step, deadline));
    }
    std::string busy;
    for (const ProcessStatus& status : statuses()) {
        if (status.state == ProcessStatus::State::failed || status.state == ProcessStatus::State::stopped) continue;
        if (!busy.empty()) busy += ", ";
        busy += fmt::format("{} is at position {} of {} with {} commands to send", status.name, status.position.value,
                            status.head.value, status.commands);
    }
    return Error{.code = Code::deadline_exceeded, .message = fmt::format("still at work: {}", busy)};
}

bool ProcessBus::busy_here() const {
    return std::ranges::any_of(workers(), [](const auto& worker) { return worker->busy_here(); });
}

void ProcessBus::stop() {
    std::vector<std::shared_ptr<ProcessWorker>> all;
    {
        const std::unique_lock lock(mutex_);
        stopped_ = true;
        all = workers_;
    }
    for (const auto& worker : all) worker->stop();
}

}  // namespace varve
