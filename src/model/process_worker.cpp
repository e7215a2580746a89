#include "model/process_worker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/at_work.hpp"

namespace varve {

namespace {

constexpr Deadline at_once{};  ///< long past: next() answers what is there and does not wait
constexpr std::size_t sends_a_round = 64;
constexpr std::size_t timers_a_round = StepBatch::events_max;

Error from_within(std::string_view process) {
    return {.code = Code::failed_precondition,
            .message = fmt::format("a handler of process {} cannot have something heard again", process)};
}

}  // namespace

ProcessWorker::ProcessWorker(const detail::ProcessType& type, const Store& store, CommandBus& commands,
                             std::shared_ptr<Clock> clock, bool with_thread, std::function<void()> settled)
    : type_(type),
      store_(store),
      clock_(std::move(clock)),
      settled_(std::move(settled)),
      runner_(type, store, commands, clock_) {
    status_.name = type.name;
    watch_ = clock_->watch([this] { wake(); });
    if (with_thread) thread_ = std::jthread([this] { run(); });
}

ProcessWorker::~ProcessWorker() {
    watch_.reset();
    stop();
}

bool ProcessWorker::busy_here() const {
    return AtWork::here(this);
}

void ProcessWorker::stop() {
    {
        const std::lock_guard lock(waiting_);
        stopping_ = true;
    }
    wake();
    const std::lock_guard joining(joining_);
    if (thread_.joinable()) thread_.join();
    const std::lock_guard work(work_);
    if (ended()) return;
    if (started_) {
        // Only to begin faster next time: what it cannot write now is found again in the log.
        runner_.tidy(true);
    }
    end({.code = Code::cancelled, .message = "the App was closed"});
}

void ProcessWorker::wake() {
    const std::lock_guard lock(waiting_);
    woken_ = true;
    if (waits_ && events_) events_->close();
}

void ProcessWorker::hurry() {
    {
        // Until it has looked, it is not idle.
        const std::lock_guard lock(told_);
        hurries_ = true;
        due_ = Timestamp::min();
    }
    wake();
}

void ProcessWorker::run() {
    while (!ended()) {
        if (!turn()) wait();
        const std::lock_guard lock(waiting_);
        if (stopping_) return;
    }
}

bool ProcessWorker::turn() {
    // A handler that settles: it is not idle until that handler ends.
    if (busy_here()) return false;
    const AtWork here(this);
    const std::lock_guard work(work_);
    const KeysHere keys(keys_);
    if (ended()) return false;
    worked_ = false;
    if (const Result<> done = round(); !done.ok()) {
        end(done.error());
        return false;
    }
    publish();
    return worked_;
}

Result<> ProcessWorker::round() {
    if (!started_) {
        if (Result<> started = runner_.start(); !started.ok()) return started;
        if (Result<> opened = open(runner_.position()); !opened.ok()) return opened;
        started_ = worked_ = true;
    }
    // In this order: what was in the log at a moment is heard before a timer fires that was due at it.
    const Timestamp now = clock_->now();
    const Position head = store_.head();
    if (now < runner_.paused_until()) return {};
    if (parked_) {
        if (Result<> back = rewind(); !back.ok()) return back;
    }
    if (hurries_.exchange(false)) runner_.hurry();
    if (Result<> heard = hear_some(head); !heard.ok()) return heard;
    auto sent = runner_.send_due(now, sends_a_round);
    if (!sent.ok()) return std::move(sent).error();
    worked_ = worked_ || *sent;
    auto flushed = runner_.flush();
    if (!flushed.ok()) return std::move(flushed).error();
    if (!*flushed) return rewind();
    if (runner_.position() >= head) {
        auto fired = runner_.fire_due(now, timers_a_round);
        if (!fired.ok()) return std::move(fired).error();
        worked_ = worked_ || *fired;
        flushed = runner_.flush();
        if (!flushed.ok()) return std::move(flushed).error();
        if (!*flushed) return rewind();
    }
    runner_.tidy(false);
    return {};
}

Result<> ProcessWorker::hear_some(Position head) {
    for (std::size_t heard = 0; heard < StepBatch::events_max && !runner_.full(); ++heard) {
        auto event = next_event();
        if (!event.ok()) return std::move(event).error();
        if (*event == nullptr) {
            runner_.reach(events_->position());
            break;
        }
        worked_ = true;
        if (Result<> done = runner_.hear(**event); !done.ok()) return done;
        if ((*event)->position >= head) break;
    }
    auto flushed = runner_.flush();
    if (!flushed.ok()) return std::move(flushed).error();
    if (*flushed) return {};
    worked_ = true;
    return rewind();
}

/// The event that the wait ended with, or one that is there already.
Result<const Event*> ProcessWorker::next_event() {
    if (met_ != nullptr) return std::exchange(met_, nullptr);
    auto event = events_->next(at_once);
    if (event.ok() || event.error().code != Code::cancelled) return event;
    // wake() came in between, or the store was closed; the latter is an error once more.
    if (Result<> opened = open(events_->position()); !opened.ok()) return std::move(opened).error();
    return events_->next(at_once);
}

Result<> ProcessWorker::rewind() {
    static constexpr Position nowhere{std::uint64_t{1} << 62};
    parked_ = clock_->now() < runner_.paused_until();
    return open(parked_ ? nowhere : runner_.position());
}

Result<> ProcessWorker::open(Position from) {
    auto events = store_.subscribe({.from = from});
    if (!events.ok()) return std::move(events).error();
    const std::lock_guard lock(waiting_);
    met_ = nullptr;
    events_.emplace(std::move(*events));
    return {};
}

void ProcessWorker::wait() {
    std::optional<Timestamp> due;
    {
        const std::lock_guard lock(told_);
        due = due_;
    }
    {
        const std::lock_guard lock(waiting_);
        if (std::exchange(woken_, false) || stopping_ || !events_) return;
        waits_ = true;
    }
    if (settled_) settled_();
    auto event = events_->next(due ? clock_->wake_at(*due) : Deadline::max());
    const std::lock_guard lock(waiting_);
    waits_ = woken_ = false;
    if (event.ok()) met_ = *event;
}

void ProcessWorker::publish() {
    ProcessStatus status;
    runner_.tell(status);
    status.state = status.lag() == 0 ? ProcessStatus::State::live : ProcessStatus::State::catching_up;
    const std::lock_guard lock(told_);
    status_ = std::move(status);
    due_ = status_.next_due;
}

void ProcessWorker::end(const Error& error) {
    const bool closed = error.code == Code::cancelled || !store_.info().ok();
    {
        const std::lock_guard lock(told_);
        status_.state = closed ? ProcessStatus::State::stopped : ProcessStatus::State::failed;
        if (!closed) status_.error = Error(error).within(fmt::format("process {}", type_.name));
        due_.reset();
    }
    if (settled_) settled_();
}

bool ProcessWorker::ended() const {
    const std::lock_guard lock(told_);
    return status_.state == ProcessStatus::State::stopped || status_.state == ProcessStatus::State::failed;
}

bool ProcessWorker::idle(Position head) const {
    const Timestamp now = clock_->now();
    const std::lock_guard lock(told_);
    if (status_.state == ProcessStatus::State::stopped || status_.state == ProcessStatus::State::failed) return true;
    return status_.state == ProcessStatus::State::live && status_.position >= head && !hurries_ &&
           (!due_ || *due_ > now);
}

Result<> ProcessWorker::retry(const std::string& key) {
    if (busy_here()) return from_within(type_.name);
    const std::lock_guard work(work_);
    const AtWork here(this);
    if (ended() || !started_) {
        return Error{.code = Code::failed_precondition,
                     .message = fmt::format("process {} does not run; App::processes says why", type_.name)};
    }
    const KeysHere keys(keys_);
    Result<> done = runner_.retry(key);
    publish();
    wake();
    return done;
}

Result<> ProcessWorker::rehear(Position position) {
    if (busy_here()) return from_within(type_.name);
    const std::lock_guard work(work_);
    const AtWork here(this);
    if (ended() || !started_) {
        return Error{.code = Code::failed_precondition,
                     .message = fmt::format("process {} does not run; App::processes says why", type_.name)};
    }
    const KeysHere keys(keys_);
    Result<> done = runner_.rehear(position);
    publish();
    wake();
    return done;
}

ProcessStatus ProcessWorker::status() const {
    ProcessStatus status;
    {
        const std::lock_guard lock(told_);
        status = status_;
    }
    status.head = store_.head();
    return status;
}

}  // namespace varve
