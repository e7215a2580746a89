#include "model/effect_runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "model/guard.hpp"

namespace varve {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds longest_pause = std::chrono::minutes(1);
constexpr milliseconds until_woken = milliseconds::max();

std::optional<EffectPlace> place_in(std::string_view id, const std::string& name) {
    if (!id.starts_with(name + "/")) return {};
    id.remove_prefix(name.size() + 1);
    EffectPlace place;
    const char* end = id.data() + id.size();
    const auto position = std::from_chars(id.data(), end, place.position.value);
    if (position.ec != std::errc() || position.ptr == end || *position.ptr != '/') return {};
    const auto n = std::from_chars(position.ptr + 1, end, place.n);
    if (n.ec != std::errc() || n.ptr != end) return {};
    return place;
}

milliseconds pause_after(int attempt, const EffectOptions& options) {
    const milliseconds first = std::clamp(options.pause, milliseconds(0), longest_pause);
    return std::min(longest_pause, first * (std::int64_t{1} << std::min(attempt - 1, 20)));
}

}  // namespace

EffectRunner::EffectRunner(std::string name, Outbox& outbox, std::shared_ptr<const Performers> performers)
    : name_(std::move(name)), outbox_(outbox), performers_(std::move(performers)), thread_([this] { run(); }) {}

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
    if (thread_.joinable()) thread_.join();
}

void EffectRunner::run() {
    const KeysHere keys(keys_);
    std::unique_lock lock(mutex_);
    while (!stopped_) {
        awake_ = false;
        lock.unlock();
        const milliseconds pause = step();
        lock.lock();
        const auto called = [&] { return stopped_ || awake_; };
        if (pause == until_woken) {
            changed_.wait(lock, called);
        } else if (pause > milliseconds(0)) {
            // A new one does not hurry the one that failed: only the end does.
            changed_.wait_for(lock, pause, [&] { return stopped_; });
        }
    }
}

milliseconds EffectRunner::step() {
    auto first = outbox_.first();
    if (!first.ok()) {
        waits_for(first.error());
        return std::chrono::seconds(1);
    }
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
    const EffectContext context{effect_id(name_, effect.place), effect.place.position, attempt_};
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
    const auto place = place_in(id, name_);
    if (!place) return false;
    auto found = outbox_.retry(*place);
    if (found.ok() && *found) wake();
    return found;
}

Result<> EffectRunner::read(EffectsStatus& into) const {
    const std::size_t listed = into.set_aside.size();
    if (Result<> read = outbox_.read(into); !read.ok()) return read;
    for (std::size_t i = listed; i < into.set_aside.size(); ++i) into.set_aside[i].id.insert(0, name_);
    into.performed += performed_.load();
    const std::lock_guard lock(mutex_);
    if (waiting_ && !into.waiting) into.waiting = waiting_;
    return {};
}

}  // namespace varve
