#include "model/turns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace varve {

namespace {

/// The decisions that this thread is in the middle of, the innermost.
thread_local const Turns* innermost = nullptr;

}  // namespace

Turns::Turns(EntityCache& cache, std::string_view command) : cache_(cache), command_(command), outer_(innermost) {
    innermost = this;
}

Turns::~Turns() {
    innermost = outer_;
    for (EntityCache::Entity* entity : taken_) cache_.leave(*entity);
}

Result<> Turns::take(std::vector<std::string_view> streams, Deadline deadline, const std::stop_token& cancel) {
    std::ranges::sort(streams);
    const auto repeated = std::ranges::unique(streams);
    streams.erase(repeated.begin(), repeated.end());
    taken_.reserve(streams.size());
    for (const std::string_view stream : streams) {
        if (Result<> taken = take_one(stream, deadline, cancel); !taken.ok()) return taken;
    }
    return {};
}

Result<> Turns::take_one(std::string_view stream, Deadline deadline, const std::stop_token& cancel) {
    if (const Turns* busy = around(stream)) {
        return Error{.code = Code::failed_precondition,
                     .message = fmt::format("it was sent from inside of the decision of {} about {}, for whose end it "
                                            "would wait; decide must depend on nothing but its arguments: send what "
                                            "follows when `send` has answered, from middleware, or from a process",
                                            busy->command_, stream),
                     .reason = "command.inside_decision"};
    }
    EntityCache::Entity* entity = nullptr;
    TurnQueue::Holder holder;
    if (outer_ != nullptr) {
        entity = cache_.try_take(stream, command_);
    } else {
        entity = cache_.take(stream, command_, deadline, cancel, holder);
    }
    if (entity != nullptr) taken_.push_back(entity);
    if (entity != nullptr || outer_ != nullptr) return {};
    const auto busy = std::chrono::duration<double>(std::chrono::steady_clock::now() - holder.since);
    const bool cancelled = cancel.stop_requested();
    return Error{
        .code = cancelled ? Code::cancelled : Code::deadline_exceeded,
        .message = fmt::format("{} while it waited for its turn at {}, where {} has been at work for {:.1f} s and "
                               "{} other{} waiting; nothing was written",
                               cancelled ? "it was cancelled" : "the time limit passed", stream, holder.name,
                               busy.count(), holder.waiting, holder.waiting == 1 ? " is" : "s are")};
}

EntityCache::Entity* Turns::at(std::string_view stream) const {
    const auto taken = std::ranges::find(taken_, stream, &EntityCache::Entity::stream);
    return taken == taken_.end() ? nullptr : *taken;
}

const Turns* Turns::around(std::string_view stream) const {
    for (const Turns* turns = outer_; turns != nullptr; turns = turns->outer_) {
        if (&turns->cache_ == &cache_ && turns->at(stream) != nullptr) return turns;
    }
    return nullptr;
}

}  // namespace varve
