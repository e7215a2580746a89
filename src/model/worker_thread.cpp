// Who works for a Worker: its own thread while somebody follows it, or else whoever needs the rows.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/at_work.hpp"
#include "model/worker.hpp"

namespace varve {

namespace {

constexpr Deadline at_once{};
constexpr auto never = [] { return false; };

std::string effect_name(const detail::ProjectionType& type, const Partition& mine) {
    return mine.of() == 1 ? std::string(type.name) : fmt::format("{}.{}", type.name, mine.index());
}

Error was_stopped() {
    return Error{.code = Code::cancelled, .message = "the App was closed"};
}

}  // namespace

void Worker::follow() {
    const std::lock_guard lock(following_);
    if (++followers_ == 1 && !stopped_) begin_thread();
}

void Worker::unfollow() {
    // The thread would be waited for by what it waits for: it goes on until the end.
    if (busy_here()) return;
    const std::lock_guard lock(following_);
    if (--followers_ > 0 || stopped_ || !thread_.joinable()) return;
    end_thread();
    const std::lock_guard ending(ending_);
    stopping_ = false;
    in_hand_ = nullptr;
    if (auto events = store_.subscribe({.from = position_}); events.ok()) {
        events_.emplace(std::move(*events));
    }
    threadless_ = true;
    progress_.wake();
}

void Worker::begin_thread() {
    if (turn_.take(Deadline::max(), [&] { return progress_.ended(); }) != Turn::Got::turn) return;
    threadless_ = false;
    turn_.give_back();
    thread_ = std::jthread([this] { run(); });
}

void Worker::end_thread() {
    {
        const std::lock_guard lock(ending_);
        stopping_ = true;
        if (events_) events_->close();
    }
    ended_.notify_all();
    if (thread_.joinable()) thread_.join();
}

void Worker::stop() {
    {
        const std::lock_guard lock(following_);
        stopped_ = true;
        brake_.end();
        end_thread();
    }
    if (turn_.take(Deadline::max(), [&] { return progress_.ended(); }) == Turn::Got::turn) {
        if (!progress_.ended()) finish(was_stopped());
        turn_.give_back();
    }
    if (effects_) effects_->stop();
}

void Worker::run() {
    const KeysHere keys(keys_);
    Result<> outcome;
    while (outcome.ok()) outcome = work(Deadline::max(), Deadline::max());
    // Whoever only stops following leaves a projection that others go on with.
    const bool unfollowed = [&] {
        const std::lock_guard lock(ending_);
        return stopping_ && options_.life != Life::async;
    }();
    if (!unfollowed || outcome.error().code != Code::cancelled) finish(std::move(outcome).error());
}

ProjectionProgress::Waited Worker::bring(Position target, Deadline deadline) {
    using Waited = ProjectionProgress::Waited;
    // What it asks is refused, and what it sends is applied by whoever comes next.
    if (model_->busy_here()) return Waited::reached;
    // An effect that waits for its own projection, which waits for it.
    if (effects_ && effects_->mine() && effects_full() && progress_.position() < target) return Waited::late;
    if (options_.life == Life::async) return progress_.wait(target, deadline);
    const auto reached = [&] { return progress_.position() >= target; };
    // A handler that asks: it must not wait for itself.
    if (reached() || turn_.mine()) return Waited::reached;
    const KeysHere keys(keys_);
    for (;;) {
        const Turn::Got got = turn_.take(deadline, [&] { return reached() || progress_.ended(); });
        if (got == Turn::Got::late) return Waited::late;
        if (got == Turn::Got::done) return reached() ? Waited::reached : Waited::ended;
        if (!threadless_) {
            turn_.give_back();
            const Waited waited = progress_.wait(target, deadline, &threadless_);
            // Late may mean that there was no thread for a moment; there may be one again by now.
            if (waited != Waited::late) return waited;
        } else {
            Result<> worked = work(at_once, deadline);
            if (!worked.ok()) finish(std::move(worked).error());
            turn_.give_back();
        }
        // Looked at once: others may go on meanwhile, and no event may come after the one that it waits for.
        const Position at = progress_.position();
        if (at >= target) return Waited::reached;
        if (progress_.ended()) return Waited::ended;
        // The turn is others' while the log has no more to give.
        if (at >= store_.head() && !store_.wait_for(at, deadline))
            return progress_.ended() ? Waited::ended : Waited::late;
        if (std::chrono::steady_clock::now() >= deadline) return Waited::late;
    }
}

bool Worker::busy_here() const {
    return AtWork::here(this) || model_->busy_here() || (effects_ && AtWork::here(effects_.get()));
}

Result<> Worker::work(Deadline wait_until, Deadline deadline) {
    const AtWork here(this);
    if (!quarantine_.empty()) serve_wishes();
    Result<> outcome = take_batch(wait_until, deadline);
    if (const auto pause = std::exchange(pause_, {})) {
        std::unique_lock lock(ending_);
        const auto until = std::min<Deadline>(deadline, Clock::now() + *pause);
        ended_.wait_until(lock, until, [this] { return stopping_; });
    }
    return outcome;
}

void Worker::finish(Error error) {
    const std::lock_guard work(work_);
    if (error.code == Code::cancelled) {
        progress_.end(ProjectionProgress::State::stopped, {});
    } else {
        progress_.end(ProjectionProgress::State::failed,
                      std::move(error).within(fmt::format("projection {}", type_.name)));
    }
    // For whoever looks into the file; nobody is left who could mend what stands in its way.
    Batch last;
    if (model_->repeats() && begin(last).ok() && note(true).ok()) {
        static_cast<void>(model_->commit(model_->checkpoint()));
    } else if (last.open) {
        model_->abandon();
    }
    brake_.end();
}

void Worker::perform_effects(const std::shared_ptr<const Performers>& performers, bool held) {
    if (model_->outbox() == nullptr) return;
    effects_ = std::make_unique<EffectRunner>(effect_name(type_, mine_), *model_->outbox(), performers, held);
}

}  // namespace varve
