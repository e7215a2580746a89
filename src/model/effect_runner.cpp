#include "model/effect_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "model/at_work.hpp"
#include "model/guard.hpp"

namespace varve {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest_pause = std::chrono::minutes(1);
constexpr milliseconds until_woken = milliseconds::max();

struct EffectName {
    std::string_view of;
    EffectPlace place;
};

/// The text before the last two slashes, and the numbers behind them.
std::optional<EffectName> read_id(std::string_view id) {
    const auto last = id.rfind('/');
    if (last == std::string_view::npos || last == 0) return {};
    const auto middle = id.rfind('/', last - 1);
    if (middle == std::string_view::npos) return {};
    const auto number = [](std::string_view digits, std::uint64_t& into) {
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into);
        return error == std::errc() && end == digits.data() + digits.size();
    };
    EffectName name{id.substr(0, middle), {}};
    if (!number(id.substr(middle + 1, last - middle - 1), name.place.position.value)) return {};
    if (!number(id.substr(last + 1), name.place.n)) return {};
    return name;
}

milliseconds pause_after(int attempt, const EffectOptions& options) {
    const milliseconds first = std::clamp(options.pause, milliseconds(0), longest_pause);
    return std::min(longest_pause, first * (std::int64_t{1} << std::min(attempt - 1, 20)));
}

}  // namespace

EffectRunner::EffectRunner(std::string name, Outbox& outbox, std::shared_ptr<const Performers> performers, bool held)
    : name_(std::move(name)), outbox_(outbox), performers_(std::move(performers)), held_(held), thread_([this] {
          run();
      }) {}

void EffectRunner::wake() {
    {
        const std::lock_guard lock(mutex_);
        awake_ = true;
    }
    changed_.notify_all();
}

void EffectRunner::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopped_ = true;
    }
    changed_.notify_all();
    const std::lock_guard joining(joining_);
    if (thread_.joinable()) thread_.join();
}

bool EffectRunner::hold(Deadline deadline) {
    std::unique_lock lock(mutex_);
    const bool before = std::exchange(held_, true);
    changed_.notify_all();
    if (changed_.wait_until(lock, deadline, [&] { return !at_hand_ || stopped_; })) return true;
    held_ = before;
    changed_.notify_all();
    return false;
}

void EffectRunner::release() {
    {
        const std::lock_guard lock(mutex_);
        if (held_) attempt_ = 1;
        held_ = retired_ = false;
        awake_ = true;
    }
    changed_.notify_all();
}

void EffectRunner::retire() {
    {
        const std::lock_guard lock(mutex_);
        retired_ = true;
    }
    changed_.notify_all();
}

Result<> EffectRunner::settle(Position end, Deadline deadline) {
    std::unique_lock lock(mutex_);
    const std::uint64_t look = begun_ + 1;
    awake_ = true;
    changed_.notify_all();
    const auto settled = [&] { return answered_ >= look && (!first_ || first_->position >= end); };
    changed_.wait_until(lock, deadline, [&] { return settled() || stopped_ || retired_; });
    if (settled()) return {};
    if (retired_) return Error{.code = Code::aborted, .message = "another projection has taken the place of this one"};
    if (stopped_) return Error{.code = Code::cancelled, .message = "the App was closed"};
    const std::string first = answered_ >= look && first_ ? "effect " + first_id_ : "the first effect of " + name_;
    return Error{.code = Code::deadline_exceeded,
                 .message = fmt::format("{} is not performed yet{}", first,
                                        waiting_ ? ": " + waiting_->message : "; give it more time")};
}

void EffectRunner::run() {
    const KeysHere keys(keys_);
    performing_ = std::this_thread::get_id();
    std::unique_lock lock(mutex_);
    while (!stopped_) {
        changed_.wait(lock, [&] { return stopped_ || !held_; });
        if (stopped_) return;
        awake_ = false;
        at_hand_ = true;
        ++begun_;
        lock.unlock();
        const milliseconds pause = step();
        lock.lock();
        at_hand_ = false;
        changed_.notify_all();
        const auto called = [&] { return stopped_ || awake_; };
        if (pause == until_woken) {
            changed_.wait(lock, called);
        } else if (pause > milliseconds(0)) {
            // A new one does not hurry the one that failed: only the end does.
            changed_.wait_for(lock, pause, [&] { return stopped_ || held_; });
        }
    }
}

void EffectRunner::found(const StoredEffect* first) {
    {
        const std::lock_guard lock(mutex_);
        answered_ = begun_;
        first_.reset();
        if (first != nullptr) {
            first_ = first->place;
            first_id_ = effect_id(first->origin.empty() ? name_ : first->origin, first->place);
        }
    }
    changed_.notify_all();
}

milliseconds EffectRunner::step() {
    const AtWork here(this);
    auto first = outbox_.first();
    if (!first.ok()) {
        waits_for(first.error());
        return std::chrono::seconds(1);
    }
    found(*first ? &**first : nullptr);
    if (!*first) {
        waits_for({});
        return until_woken;
    }
    const StoredEffect& effect = **first;
    const auto performer = performers_->find(effect.type);
    if (performer == nullptr) {
        waits_for(
            Error{.code = Code::unimplemented,
                  .message = fmt::format("nobody performs effect {0}; call perform<{0}> on the App", effect.type)});
        return until_woken;
    }
    const EffectContext context{effect_id(effect.origin.empty() ? name_ : effect.origin, effect.place),
                                effect.place.position, attempt_};
    const Result<> performed = guarded([&] { return performer->perform(effect.data, context); },
                                       [&] { return fmt::format("effect {} ({})", effect.type, context.id); });
    if (!performed.ok()) return failed(effect, performer->options, performed.error());
    ++performed_;
    attempt_ = 1;
    // Else it would be performed again at once, and for ever: an effect that happens twice happens after a restart.
    for (int tries = 1;; ++tries) {
        const Result<> removed = outbox_.done(effect.place);
        if (removed.ok()) break;
        waits_for(Error(removed.error()).within(fmt::format("effect {} was performed, but not taken out", context.id)));
        std::unique_lock lock(mutex_);
        if (changed_.wait_for(lock, pause_after(tries, {}), [&] { return stopped_; })) break;
    }
    waits_for({});
    return milliseconds(0);
}

milliseconds EffectRunner::failed(const StoredEffect& effect, const EffectOptions& options, Error error) {
    if (attempt_ < options.attempts) {
        waits_for(std::move(error));
        return pause_after(attempt_++, options);
    }
    attempt_ = 1;
    const Result<> aside = outbox_.set_aside(effect.place, error.message);
    waits_for(aside.ok() ? std::nullopt : std::optional(aside.error()));
    return aside.ok() ? milliseconds(0) : pause_after(1, options);
}

void EffectRunner::waits_for(std::optional<Error> reason) {
    const std::lock_guard lock(mutex_);
    waiting_ = std::move(reason);
}

Result<bool> EffectRunner::retry(std::string_view id) {
    const auto name = read_id(id);
    if (!name) return false;
    auto found = outbox_.retry(name->place, name->of == name_ ? std::string_view() : name->of);
    if (found.ok() && *found) wake();
    return found;
}

Result<> EffectRunner::read(EffectsStatus& into) const {
    const std::size_t listed = into.set_aside.size();
    if (Result<> read = outbox_.read(into); !read.ok()) return read;
    for (std::size_t i = listed; i < into.set_aside.size(); ++i) {
        if (std::string& id = into.set_aside[i].id; id.starts_with('/')) id.insert(0, name_);
    }
    into.performed += performed_.load();
    const std::lock_guard lock(mutex_);
    if (waiting_ && !into.waiting) into.waiting = waiting_;
    return {};
}

}  // namespace varve
