#include "model/scheduler.hpp"

#include <fmt/format.h>

#include <utility>

#include "model/metadata.hpp"
#include "model/process_fold.hpp"
#include "store/names.hpp"
#include "varve/limits.hpp"

namespace varve {

namespace {

constexpr std::string_view timer_name = "due";

Error not_scheduled(const std::string& id) {
    return {.code = Code::not_found, .message = fmt::format("no command is scheduled as {}", store::in_quotes(id))};
}

/// What would be refused when it is sent is refused before that.
Result<> check_sendable(const CommandOptions& options) {
    if (!options.command_id.empty()) {
        const auto fault = store::name_fault(options.command_id, limits::command_id_bytes);
        if (!fault.empty()) return Error{.code = Code::invalid_argument, .message = "the command id " + fault};
    }
    const auto metadata = event_metadata(options);
    if (!metadata.ok()) return metadata.error();
    if (metadata->size() <= limits::metadata_bytes) return {};
    return Error{
        .code = Code::invalid_argument,
        .message = fmt::format("its metadata has {} bytes; the limit is {}", metadata->size(), limits::metadata_bytes)};
}

/// Numbers may be spelled in two ways.
bool same_json(std::string_view a, std::string_view b) {
    const auto first = parse_json(a);
    const auto second = parse_json(b);
    return first.ok() && second.ok() && first->root().text() == second->root().text();
}

/// The events of one scheduled command, read into what they mean.
Result<> take(const Event& event, ScheduledCommand& command, std::optional<Revision>& revision) {
    revision = event.revision;
    if (event.type == record::quarantined) {
        const auto trouble = record::read<record::Trouble>(event);
        if (!trouble.ok()) return trouble.error();
        command.state = ScheduledCommand::State::failed;
        command.error = record::error_of(*trouble);
        return {};
    }
    auto step = record::read_step(event);
    if (!step.ok()) return std::move(step).error();
    if (event.type == record::scheduled && step->timers && !step->timers->empty()) {
        record::Timer& timer = step->timers->front();
        command.command = std::move(timer.fact);
        command.data = std::move(timer.data.text);
        command.due = timer.due;
    } else if (event.type == record::fired) {
        command.state = ScheduledCommand::State::sending;
    } else if (event.type == record::unscheduled) {
        command.state = ScheduledCommand::State::unscheduled;
    } else if (step->answered) {
        const record::Answer& answer = *step->answered;
        switch (answer.outcome) {
            case record::Outcome::done: command.state = ScheduledCommand::State::done; break;
            case record::Outcome::rejected: command.state = ScheduledCommand::State::rejected; break;
            case record::Outcome::failed: command.state = ScheduledCommand::State::failed; break;
        }
        command.position = answer.position;
        if (answer.outcome != record::Outcome::done) command.error = record::error_of(answer);
    }
    return {};
}

Result<ScheduledCommand> read_with_revision(const Store& store, const std::string& id,
                                            std::optional<Revision>& revision) {
    ScheduledCommand command;
    command.id = id;
    auto cursor = store.read({.source = Stream{stream_of_instance(scheduled_type(), id)}});
    if (!cursor.ok()) return std::move(cursor).error();
    while (const Event* event = cursor->next()) {
        if (const Result<> taken = take(*event, command, revision); !taken.ok()) return taken.error();
    }
    if (const Result<> status = cursor->status(); !status.ok()) return status.error();
    if (!revision) return not_scheduled(id);
    return command;
}

}  // namespace

std::string_view to_string(ScheduledCommand::State state) {
    switch (state) {
        case ScheduledCommand::State::waiting: return "waiting";
        case ScheduledCommand::State::sending: return "sending";
        case ScheduledCommand::State::done: return "done";
        case ScheduledCommand::State::rejected: return "rejected";
        case ScheduledCommand::State::failed: return "failed";
        case ScheduledCommand::State::unscheduled: return "unscheduled";
    }
    return "unknown";
}

const detail::ProcessType& scheduled_type() {
    static const detail::StepTable<detail::HearStep> nothing({}, {}, {});
    static const detail::ProcessType type{.name = "scheduled",
                                          .category = "$scheduled",
                                          .hears = nothing,
                                          .timers = {},
                                          .sends = {},
                                          .make = [] { return std::shared_ptr<void>(std::make_shared<int>()); },
                                          .scheduled = true};
    return type;
}

Result<Scheduled> record_schedule(Store& store, std::string_view command, std::string data, Timestamp now,
                                  Timestamp due, const CommandOptions& options) {
    if (due > now + timer_longest) {
        return Error{
            .code = Code::invalid_argument,
            .message = fmt::format("command {} would be due at {}, in more than 100 years; schedule it earlier",
                                   command, to_string(due))};
    }
    if (Result<> sendable = check_sendable(options); !sendable.ok())
        return std::move(sendable).within(fmt::format("command {}", command)).error();
    const std::string id = options.command_id.empty() ? EventId::random().to_string() : options.command_id;
    const std::string stream = stream_of_instance(scheduled_type(), id);
    record::Timer timer{std::string(timer_name), std::max(due, now), std::string(command), Json{std::move(data)}, {}};
    if (!options.command_id.empty()) timer.id = options.command_id;
    const Timestamp asked = timer.due;
    record::Step step{.time = now};
    if (!options.metadata.empty()) step.metadata = options.metadata;
    step.timers.emplace().push_back(timer);
    auto event = record::to_event(stream, record::scheduled, step);
    if (!event.ok()) return std::move(event).within(fmt::format("command {}", command)).error();
    auto metadata = event_metadata({.correlation_id = options.correlation_id,
                                    .causation_id = options.causation_id,
                                    .trace_parent = options.trace_parent});
    if (!metadata.ok()) return std::move(metadata).error();
    event->metadata = std::move(*metadata);
    auto receipt = store.append(Commit{}.append(stream, Expected::none(), {std::move(*event)}));
    if (receipt.ok()) return Scheduled{id, asked, std::move(*receipt)};
    if (receipt.error().code != Code::aborted) return std::move(receipt).error();
    auto known = read_scheduled(store, id);
    if (!known.ok()) return std::move(known).error();
    if (known->command != command || !same_json(known->data, timer.data.text)) {
        return Error{
            .code = Code::already_exists,
            .message = fmt::format("command id {} is that of another scheduled command, {} {}; give this one an "
                                   "id of its own",
                                   store::in_quotes(id), known->command, known->data)};
    }
    auto first = store.read({.source = Stream{stream}, .limit = 1});
    if (!first.ok()) return std::move(first).error();
    const Event* original = first->next();
    if (original == nullptr) return not_scheduled(id);
    return Scheduled{id, known->due,
                     Receipt{.first = original->position,
                             .last = original->position,
                             .time = original->created,
                             .durability = Durability::durable,
                             .streams = {{stream, original->revision}},
                             .repeated = true}};
}

Result<> record_unschedule(Store& store, const std::string& id, Timestamp now) {
    const std::string stream = stream_of_instance(scheduled_type(), id);
    for (;;) {
        std::optional<Revision> revision;
        auto command = read_with_revision(store, id, revision);
        if (!command.ok()) return std::move(command).error();
        if (command->state == ScheduledCommand::State::unscheduled) return {};
        if (command->state != ScheduledCommand::State::waiting) {
            return Error{.code = Code::failed_precondition,
                         .message = fmt::format("scheduled command {} is {}: it is too late to take it back",
                                                store::in_quotes(id), to_string(command->state)),
                         .reason = "schedule.sent"};
        }
        auto event = record::to_event(stream, record::unscheduled, record::Step{.time = now, .finishes = true});
        if (!event.ok()) return std::move(event).error();
        auto receipt = store.append(Commit{}.append(stream, Expected::exact(*revision), {std::move(*event)}));
        if (receipt.ok()) return {};
        // Else somebody came first: another one who takes it back, or its time.
        if (receipt.error().code != Code::aborted) return std::move(receipt).error();
    }
}

Result<ScheduledCommand> read_scheduled(const Store& store, const std::string& id) {
    std::optional<Revision> revision;
    return read_with_revision(store, id, revision);
}

}  // namespace varve
