#include "model/process_fold.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "model/facts.hpp"
#include "model/guard.hpp"

namespace varve {

namespace {

Error unknown_kind(std::string_view what, const std::string& name, const detail::ProcessType& type,
                   std::string_view list) {
    return {.code = Code::invalid_argument,
            .message = fmt::format("{} '{}' is none that {} lists in its {}; if an older program recorded it, keep its "
                                   "struct, and give what has taken its place there an upcast from it",
                                   what, name, type.name, list)};
}

/// What was heard when this step was made, heard again by the state.
Result<> replay_step(const Store& store, const detail::ProcessType& type, const ProcessInstance& before,
                     const Event& event, void* state) {
    if (event.type == record::quarantined || event.type == record::released) return {};
    auto step = record::read_step(event);
    if (!step.ok()) return std::move(step).error();
    detail::Reaction reaction{state, {}, before.key};
    if (step->heard) {
        return with_event_at(store, *step->heard, [&](const Event& heard) { return hear_into(reaction, type, heard); });
    }
    if (step->fired) {
        const auto timer = before.timers.find(*step->fired);
        return timer == before.timers.end() ? Result<>() : fire_into(reaction, type, timer->first, timer->second);
    }
    if (step->answered && step->answered->outcome != record::Outcome::done && !before.finished) {
        const auto command = std::ranges::find_if(before.commands, [&](const PendingCommand& pending) {
            return pending.step == step->answered->step && pending.index == step->answered->index;
        });
        if (command != before.commands.end()) {
            return answer_into(reaction, type, *command, record::error_of(*step->answered));
        }
    }
    return {};
}

}  // namespace

std::string stream_of_instance(const detail::ProcessType& type, std::string_view key) {
    return fmt::format("{}-{}", type.category, key);
}

Result<FoldedInstance> fold_instance(const Store& store, const detail::ProcessType& type, const std::string& key,
                                     bool with_state, const AsOf& as_of) {
    FoldedInstance folded{.instance = {.key = key, .stream = stream_of_instance(type, key)}};
    ProcessInstance& instance = folded.instance;
    const auto selection = selection_as_of(Stream{instance.stream}, as_of);
    if (!selection.ok()) return selection.error();
    auto cursor = store.read(*selection);
    if (!cursor.ok()) return std::move(cursor).error();
    if (with_state) instance.state = type.make();
    while (const Event* event = cursor->next()) {
        if (instance.state != nullptr) {
            const Result<> replayed = replay_step(store, type, instance, *event, instance.state.get());
            if (!replayed.ok()) {
                instance.state = nullptr;
                folded.state_error =
                    Error(replayed.error())
                        .within(fmt::format("replay of stream '{}' revision {}", event->stream, event->revision.value));
            }
        }
        instance.take_in(*event);
        if (instance.unreadable && !folded.state_error) folded.state_error = record::error_of(*instance.quarantine);
    }
    if (const Result<> status = cursor->status(); !status.ok()) return status.error();
    return folded;
}

Result<> with_event_at(const Store& store, Position position, const std::function<Result<>(const Event&)>& use) {
    auto cursor = store.read({.from = position, .until = position});
    if (!cursor.ok()) return std::move(cursor).error();
    if (const Event* event = cursor->next(); event != nullptr) return use(*event);
    if (const Result<> status = cursor->status(); !status.ok()) return status;
    return Error{
        .code = Code::not_found,
        .message = fmt::format("the event at position {} is gone: retention has removed it; keep what a process "
                               "hears as long as the process runs",
                               position.value)};
}

Result<> hear_into(detail::Reaction& reaction, const detail::ProcessType& type, const Event& event) {
    const auto found = type.hears.step_for(event);
    if (!found.ok()) return found.error();
    const detail::HearStep* step = *found;
    if (step == nullptr) return unknown_kind("event", std::string(event.type), type, "Hears");
    return guarded([&] { return step->apply(&reaction, event); },
                   [&] { return fmt::format("on({}) of {}", event.type, type.name); });
}

Result<> fire_into(detail::Reaction& reaction, const detail::ProcessType& type, const std::string& name,
                   const PendingTimer& timer) {
    if (type.scheduled) return {};
    const auto step = std::ranges::find(type.timers, timer.fact, &detail::TimerStep::fact);
    if (step == type.timers.end()) return unknown_kind("the fact of timer", timer.fact, type, "Timers");
    return guarded([&] { return step->fired(&reaction, timer.data); },
                   [&] { return fmt::format("on({}) of {}, timer '{}'", timer.fact, type.name, name); });
}

Result<> answer_into(detail::Reaction& reaction, const detail::ProcessType& type, const PendingCommand& command,
                     const Error& error) {
    if (type.scheduled) return {};
    const auto step = std::ranges::find(type.sends, command.command, &detail::SendStep::command);
    if (step == type.sends.end()) return unknown_kind("command", command.command, type, "Sends");
    return guarded([&] { return step->rejected(&reaction, command.data, error); },
                   [&] { return fmt::format("on(Rejected<{}>) of {}", command.command, type.name); });
}

}  // namespace varve
