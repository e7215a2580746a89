// The steps of a ProcessRunner: how they are made, put on record, and taken back.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/metadata.hpp"
#include "model/process_runner.hpp"
#include "store/names.hpp"
#include "varve/limits.hpp"

namespace varve {

namespace {

constexpr std::size_t steps_max = 4096;

Error refused(std::string message) {
    return {.code = Code::invalid_argument, .message = std::move(message)};
}

/// Doubles with each attempt, from 0.1 s up to a minute.
std::chrono::microseconds pause_after(int attempts) {
    using std::chrono::milliseconds;
    return std::min<milliseconds>(std::chrono::minutes(1), milliseconds(100) * (1 << std::min(attempts, 10)));
}

/// Whether sending again may help.
bool may_pass(Code code) {
    switch (code) {
        case Code::aborted:
        case Code::deadline_exceeded:
        case Code::unavailable:
        case Code::resource_exhausted:
        case Code::cancelled:
        case Code::unknown:
        case Code::internal: return true;
        default: return false;
    }
}

}  // namespace

Result<> ProcessRunner::complete(record::Step& step, const Steps& steps) const {
    if (steps.error()) return *steps.error();
    if (steps.commands().size() + steps.timers().size() + steps.cancelled().size() > steps_max) {
        return refused(fmt::format("more than {} commands and timers were answered at once; answer fewer", steps_max));
    }
    if (!steps.cancelled().empty()) step.cancels = steps.cancelled();
    for (const TimerToSet& timer : steps.timers()) {
        if (const std::string fault = store::name_fault(timer.name, limits::timer_name_bytes); !fault.empty()) {
            return refused(fmt::format("the name of timer {} {}", store::in_quotes(timer.name), fault));
        }
        const auto sets = std::ranges::find(type_.timers, timer.type, &detail::TimerStep::fact);
        if (sets == type_.timers.end() || sets->older) {
            return refused(fmt::format("timer '{}' brings back {}, which {} does not list in its Timers", timer.name,
                                       timer.type, type_.name));
        }
        const auto* after = std::get_if<std::chrono::microseconds>(&timer.due);
        const Timestamp due = after != nullptr ? step.time + *after : std::get<Timestamp>(timer.due);
        if (due > step.time + timer_longest) {
            return refused(
                fmt::format("timer '{}' is due in more than 100 years; set one that is due earlier", timer.name));
        }
        if (!step.timers) step.timers.emplace();
        step.timers->push_back({timer.name, std::max(due, step.time), timer.type, Json{timer.data}});
    }
    for (const CommandToSend& command : steps.commands()) {
        const auto sends = std::ranges::find(type_.sends, command.command, &detail::SendStep::command);
        if (sends == type_.sends.end() || sends->older) {
            return refused(
                fmt::format("{} sends {}, which it does not list in its Sends", type_.name, command.command));
        }
        if (!step.sends) step.sends.emplace();
        step.sends->push_back({command.command, Json{command.data}, {}});
    }
    step.finishes = steps.finished();
    return {};
}

Result<> ProcessRunner::add_step(ProcessInstance& instance, std::string_view type, const record::Step& step,
                                 const CommandOptions& cause) {
    auto event = record::to_event(instance.stream, type, step);
    if (!event.ok()) return std::move(event).within("what it answers cannot be recorded").error();
    auto metadata = event_metadata(cause);
    if (!metadata.ok()) return std::move(metadata).error();
    event->metadata = *std::move(metadata);
    const bool begins = !instance.revision.has_value();
    if (Result<> added = batch_.add(instance, std::move(*event)); !added.ok()) return added;
    batch_running_.push_back((begins ? 1 : 0) - (step.finishes ? 1 : 0));
    table_.changed(instance);
    return {};
}

Result<> ProcessRunner::add_or_quarantine(ProcessInstance& instance, std::string_view type, const record::Step& step,
                                          const CommandOptions& cause) {
    const Result<> added = add_step(instance, type, step, cause);
    return added.ok() ? added : quarantine(instance, next_, added.error());
}

Result<> ProcessRunner::quarantine(ProcessInstance& instance, Position position, const Error& error) {
    last_error_ = error;
    last_error_->message = instance.stream + ": " + error.message;
    auto event = record::to_event(instance.stream, record::quarantined, record::trouble(position, error));
    if (!event.ok()) return std::move(event).error();
    const bool begins = !instance.revision.has_value();
    if (Result<> added = batch_.add(instance, std::move(*event)); !added.ok()) return added;
    batch_running_.push_back(begins ? 1 : 0);
    instance.state = nullptr;
    table_.changed(instance);
    return {};
}

Result<bool> ProcessRunner::send_due(Timestamp now, std::size_t most) {
    const auto keys = ProcessTable::due_by(table_.commands_due(), now, most);
    for (const std::string& key : keys) {
        if (Result<> sent = send(*table_.find(key), now); !sent.ok()) return std::move(sent).error();
    }
    return !keys.empty();
}

void ProcessRunner::hurry() {
    for (const std::string& key : ProcessTable::due_by(table_.commands_due(), Timestamp::max(), table_.commands())) {
        ProcessInstance& instance = *table_.find(key);
        instance.commands.front().next = {};
        table_.changed(instance);
    }
}

Result<> ProcessRunner::send(ProcessInstance& instance, Timestamp now) {
    PendingCommand& command = instance.commands.front();
    CommandOptions options = instance.go_on(command.causation, command.trace);
    options.command_id = command.id;
    options.metadata = instance.metadata;
    const auto receipt = commands_.send_recorded(command.command, command.data, std::move(options));
    if (receipt.ok()) return answer(instance, receipt);
    const Error& error = receipt.error();
    ++command.attempts;
    last_error_ = Error(error).within(fmt::format("{}: {}", instance.stream, command.command));
    // Without a handler it waits for one: nothing is wrong with the command.
    const bool waits = error.code == Code::unimplemented || (may_pass(error.code) && command.attempts < send_attempts);
    if (!waits) return answer(instance, receipt);
    command.next = now + pause_after(command.attempts);
    table_.changed(instance);
    return {};
}

Result<> ProcessRunner::answer(ProcessInstance& instance, const Result<Receipt>& receipt) {
    const PendingCommand command = instance.commands.front();
    ProcessInstance* known = &instance;
    record::Step step{.time = clock_->now()};
    step.answered = record::Answer{.step = command.step, .index = command.index};
    record::Answer& about = *step.answered;
    if (receipt.ok()) {
        if (!receipt->streams.empty()) about.position = receipt->first;
    } else {
        const Error& error = receipt.error();
        about.outcome = error.reason.empty() ? record::Outcome::failed : record::Outcome::rejected;
        about.code = to_string(error.code);
        about.reason = record::clean_text(error.reason);
        about.message = record::clean_text(error.message);
        ++rejected_;
        if (!instance.finished && !type_.scheduled) {
            std::optional<Error> problem;
            if (Result<> folded = fold_state(known, problem); !folded.ok()) return folded;
            if (known->commands.empty() || known->commands.front().id != command.id) return {};
            if (!problem) {
                detail::Reaction reaction{known->state.get(), {}, known->key};
                Result<> heard = answer_into(reaction, type_, command, record::error_of(about));
                if (heard.ok()) heard = complete(step, reaction.steps);
                if (!heard.ok()) problem = heard.error();
            }
            if (problem) return quarantine(*known, next_, *problem);
        }
    }
    step.finishes = step.finishes || type_.scheduled;
    return add_or_quarantine(*known, record::answered, step, known->go_on(command.causation, command.trace));
}

Result<bool> ProcessRunner::fire_due(Timestamp now, std::size_t most) {
    const auto keys = ProcessTable::due_by(table_.timers_due(), now, most);
    for (const std::string& key : keys) {
        if (Result<> fired = fire(*table_.find(key)); !fired.ok()) return std::move(fired).error();
    }
    return !keys.empty();
}

Result<> ProcessRunner::fire(ProcessInstance& instance) {
    const auto first = instance.first_timer();
    const std::string name = first->first;
    const PendingTimer timer = first->second;
    record::Step step{.time = timer.due, .fired = name};
    if (type_.scheduled) {
        step.sends = {{timer.fact, Json{timer.data}, timer.id}};
        return add_or_quarantine(instance, record::fired, step, instance.go_on(timer.causation, timer.trace));
    }
    ProcessInstance* known = &instance;
    std::optional<Error> problem;
    if (Result<> folded = fold_state(known, problem); !folded.ok()) return folded;
    if (!known->timers.contains(name)) return {};
    if (!problem) {
        detail::Reaction reaction{known->state.get(), {}, known->key};
        Result<> heard = fire_into(reaction, type_, name, timer);
        if (heard.ok()) heard = complete(step, reaction.steps);
        if (!heard.ok()) problem = heard.error();
    }
    if (problem) return quarantine(*known, next_, *problem);
    return add_or_quarantine(*known, record::fired, step, known->go_on(timer.causation, timer.trace));
}

Result<bool> ProcessRunner::flush() {
    if (batch_.empty()) {
        position_ = next_;
        return true;
    }
    const std::set<std::string> keys = batch_.keys();
    const std::size_t events = batch_.size();
    const auto receipt = batch_.append(store_);
    const auto running = std::exchange(batch_running_, {});
    const auto passed_over = std::exchange(batch_unheard_, {});
    if (!receipt.ok()) return give_way(receipt.error(), keys, events);
    for (std::size_t i = 0; i < running.size(); ++i) own_.emplace(receipt->first + i, running[i]);
    for (const record::Trouble& trouble : passed_over) unheard_.emplace(trouble.position, trouble);
    position_ = next_;
    refused_ = 0;
    careful_ -= std::min(careful_, events);
    paused_until_ = Timestamp::min();
    if (Result<> settled = settle_flush(*receipt, keys); !settled.ok()) return std::move(settled).error();
    return true;
}

/// A stream that was deleted goes on behind its last revision: what was foreseen is then wrong.
Result<> ProcessRunner::settle_flush(const Receipt& receipt, const std::set<std::string>& keys) {
    for (const std::string& key : keys) {
        const ProcessInstance* instance = table_.find(key);
        const auto written = std::ranges::find(receipt.streams, instance->stream, &Receipt::StreamRevision::stream);
        if (written != receipt.streams.end() && written->last == *instance->revision) continue;
        if (Result<> reloaded = reload(key); !reloaded.ok()) return reloaded;
    }
    return {};
}

/// A batch was refused. All its instances are read again, and its steps are made again, one by one.
Result<bool> ProcessRunner::give_way(const Error& error, const std::set<std::string>& keys, std::size_t events) {
    static constexpr int refused_max = 100;
    next_ = position_;
    const bool once = keys.size() == 1 && events == 1;
    const bool tombstone = error.code == Code::failed_precondition && !error.reason.empty();
    const bool unfit = error.code == Code::invalid_argument || tombstone;
    const bool full = error.code == Code::resource_exhausted;
    if ((!unfit && !full && error.code != Code::aborted) || ++refused_ > refused_max) return error;
    last_error_ = error;
    for (const std::string& key : keys) {
        if (Result<> reloaded = reload(key); !reloaded.ok()) return std::move(reloaded).error();
    }
    careful_ = std::max(careful_, events);
    if (full) {
        paused_until_ = clock_->now() + pause_after(refused_);
        refused_ = std::min(refused_, refused_max - 1);
    }
    if (!once || !unfit) return false;
    // This one step cannot be recorded at all.
    ProcessInstance& instance = *table_.find(*keys.begin());
    if (!tombstone) {
        if (Result<> kept = quarantine(instance, position_, error); !kept.ok()) return std::move(kept).error();
        const auto receipt = batch_.append(store_);
        const auto running = std::exchange(batch_running_, {});
        if (receipt.ok()) {
            own_.emplace(receipt->first, running.front());
            return false;
        }
    }
    instance.finished = true;
    instance.timers.clear();
    instance.commands.clear();
    instance.quarantine = record::trouble(position_, error);
    table_.changed(instance);
    return false;
}

}  // namespace varve
