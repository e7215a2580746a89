#include "model/process_instance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/hash.hpp"
#include "model/metadata.hpp"
#include "varve/limits.hpp"

namespace varve {

std::string command_id_of(const std::string& stream, Revision step, std::uint64_t index) {
    std::string id = fmt::format("{}@{}.{}", stream, step.value, index);
    if (id.size() <= limits::command_id_bytes) return id;
    return fmt::format("{}@{}.{}", to_hex(xxh3_128(stream)), step.value, index);
}

std::map<std::string, PendingTimer>::const_iterator ProcessInstance::first_timer() const {
    return std::ranges::min_element(timers, {}, [](const auto& timer) { return timer.second.due; });
}

std::optional<Timestamp> ProcessInstance::command_due() const {
    if (quarantine || commands.empty()) return {};
    return commands.front().next;
}

std::optional<Timestamp> ProcessInstance::timer_due() const {
    if (quarantine || timers.empty()) return {};
    return first_timer()->second.due;
}

Result<> ProcessInstance::apply(const Event& event) {
    if (event.type == record::quarantined) {
        auto trouble = record::read<record::Trouble>(event);
        if (!trouble.ok()) return std::move(trouble).error();
        if (!unreadable) quarantine = std::move(*trouble);
    } else if (event.type == record::released) {
        if (!unreadable) quarantine.reset();
    } else {
        auto step = record::read_step(event);
        if (!step.ok()) return std::move(step).error();
        apply_step(event, std::move(*step));
    }
    if (!revision) begun = event.position;
    revision = event.revision;
    return {};
}

void ProcessInstance::take_in(const Event& event) {
    const Result<> applied = apply(event);
    if (applied.ok()) return;
    if (!revision) begun = event.position;
    revision = event.revision;
    state = nullptr;
    if (!std::exchange(unreadable, true)) quarantine = record::trouble(event.position, applied.error());
}

void ProcessInstance::apply_step(const Event& event, record::Step step) {
    if (step.metadata) metadata = std::move(*step.metadata);
    if (!revision) correlation = metadata_member(event.metadata, correlation_member).value_or("");
    const std::string id = event.id.to_string();
    const std::string trace = trace_of(event.metadata);
    if (step.heard) {
        if (heard && *step.heard < *heard) {
            late.insert(*step.heard);
        } else {
            heard = *step.heard;
        }
        // Where a retry of it goes on, should it be stopped half-way.
        if (quarantine && !unreadable) quarantine->position = std::max(quarantine->position, *step.heard + 1);
    }
    if (step.fired) timers.erase(*step.fired);
    if (step.answered) {
        std::erase_if(commands, [&](const PendingCommand& command) {
            return command.step == step.answered->step && command.index == step.answered->index;
        });
    }
    if (step.cancels) {
        for (const std::string& name : *step.cancels) timers.erase(name);
    }
    if (step.timers) {
        for (record::Timer& timer : *step.timers) {
            timers.insert_or_assign(std::move(timer.name),
                                    PendingTimer{timer.due, std::move(timer.fact), std::move(timer.data.text),
                                                 std::move(timer.id), id, trace});
        }
    }
    if (step.sends) {
        std::uint64_t index = 0;
        for (record::Send& send : *step.sends) {
            commands.push_back({.step = event.revision,
                                .index = index,
                                .command = std::move(send.command),
                                .data = std::move(send.data.text),
                                .id = send.id ? std::move(*send.id) : command_id_of(stream, event.revision, index),
                                .causation = id,
                                .trace = trace});
            ++index;
        }
    }
    if (step.finishes && !finished) {
        finished = true;
        ended = event.position;
        timers.clear();
    }
}

}  // namespace varve
