#include "varve/detail/app_doors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/app_inside.hpp"
#include "model/diff.hpp"
#include "model/facts.hpp"
#include "model/fold.hpp"
#include "model/process_fold.hpp"
#include "model/replay.hpp"
#include "store/deadline.hpp"

namespace varve::detail {

namespace {

Result<> check_key(const StateType& type, const std::string& stream) {
    if (stream.size() > type.category.size() + 1) return {};
    return Error{.code = Code::invalid_argument,
                 .message = fmt::format("the key is empty; say which {} it is about", type.name)};
}

}  // namespace

AppDoors::AppDoors(const Store& store, const Keys* keys, const AppOptions& options)
    : inside_(std::make_unique<Inside>(store, keys, options)) {}
AppDoors::AppDoors(AppDoors&&) noexcept = default;
AppDoors& AppDoors::operator=(AppDoors&&) noexcept = default;
AppDoors::~AppDoors() = default;

void AppDoors::use(std::type_index type, Middleware middleware) {
    inside_->commands.use(type, std::move(middleware));
}

Wiring AppDoors::add(CommandRoute route) {
    Wiring added = inside_->commands.add(std::move(route));
    inside_->processes.handler_added();
    return added;
}

Wiring AppDoors::run(const ProcessType& type) {
    return inside_->processes.run(type);
}

Result<Scheduled> AppDoors::schedule(std::string_view command, Result<std::string> data, Timestamp at,
                                     const CommandOptions& options) {
    return inside_->processes.schedule(command, std::move(data), at, options);
}

Timestamp AppDoors::due_after(std::chrono::duration<double> after) const {
    const std::chrono::duration<double> longest = timer_longest;
    const bool within = after <= longest;
    const auto kept = within ? std::max(after, -longest) : 2 * longest;
    return inside_->processes.clock().now() + std::chrono::duration_cast<std::chrono::microseconds>(kept);
}

Result<Instance<int>> AppDoors::find_instance(const ProcessType& type, const std::string& key, const AsOf& as_of,
                                              std::shared_ptr<void>& state) const {
    if (key.empty()) {
        return Error{.code = Code::invalid_argument,
                     .message = fmt::format("the key is empty; say which {} it is about", type.name)};
    }
    const KeysHere keys = inside_->keys_here();
    auto folded = fold_instance(inside_->store, type, key, true, as_of);
    if (!folded.ok()) return std::move(folded).error();
    if (folded->state_error) return std::move(*folded->state_error);
    const ProcessInstance& known = folded->instance;
    state = known.state;
    Instance<int> instance;
    instance.revision = known.revision;
    instance.finished = known.finished;
    for (const auto& [name, timer] : known.timers) instance.timers.emplace(name, timer.due);
    for (const PendingCommand& command : known.commands) instance.commands.push_back(command.command);
    if (known.quarantine) instance.quarantine = record::error_of(*known.quarantine);
    return instance;
}

Wiring AppDoors::project(const ProjectionType& type, const ProjectionOptions& options) {
    const KeysHere keys = inside_->keys_here();
    return inside_->queries.project(type, options);
}

Result<Rebuild> AppDoors::rebuild(const ComparedType& old_type, const ComparedType& new_type,
                                  const RebuildOptions& options) {
    const KeysHere keys = inside_->keys_here();
    return inside_->queries.rebuild(old_type, new_type, options);
}

Result<Receipt> AppDoors::send(std::type_index type, const void* command, CommandContext& context) {
    const KeysHere keys = inside_->keys_here();
    auto receipt = inside_->commands.send(type, command, context);
    if (receipt.ok() && !receipt->streams.empty()) {
        inside_->queries.bring_inlined(receipt->last + 1,
                                       std::min(context.options().deadline, store::deadline_in(inlined_limit)));
    }
    return receipt;
}

void AppDoors::send_async(std::type_index type, std::shared_ptr<const void> command, CommandContext context,
                          Completion done) {
    const KeysHere keys = inside_->keys_here();
    inside_->commands.send_async(type, std::move(command), std::move(context), std::move(done));
}

Result<Position> AppDoors::ask(std::type_index type, std::string_view name, const void* query, const After& after,
                               void* answer) const {
    const KeysHere keys = inside_->keys_here();
    return inside_->queries.ask(type, name, query, after, answer);
}

Result<std::unique_ptr<LiveSource>> AppDoors::watch(std::type_index type, std::string_view name,
                                                    const LiveOptions& options) const {
    const KeysHere keys = inside_->keys_here();
    return inside_->queries.watch(type, name, options);
}

Wiring AppDoors::add(AnswerFunction function) {
    return inside_->queries.answer(std::move(function));
}

Wiring AppDoors::add(EffectPerformer performer) {
    return inside_->queries.perform(std::move(performer));
}

Result<std::vector<Reply>> AppDoors::scatter(const Scattered& query, const After& within) const {
    const KeysHere keys = inside_->keys_here();
    return inside_->queries.gather(query, within);
}

Result<> AppDoors::fold(const StateType& type, const std::string& stream, const AsOf& as_of, void* state,
                        std::optional<Revision>& revision, std::optional<Position>& position) const {
    if (Result<> keyed = check_key(type, stream); !keyed.ok()) return keyed;
    const KeysHere keys = inside_->keys_here();
    auto facts = facts_of(type, stream);
    if (!facts.ok()) return std::move(facts).error();
    const auto selection = selection_as_of(std::move(*facts), as_of);
    if (!selection.ok()) return selection.error();
    Reached reached;
    Result<> folded = fold_entity(inside_->store, inside_->snapshots.get(), type, stream, *selection, state, reached);
    position = reached.position;
    if (type.facts == nullptr) revision = reached.revision;
    if (!folded.ok() || position || type.facts != nullptr) return folded;
    const auto standing = standing_of(inside_->store, stream);
    return standing.ok() ? folded : Result<>(standing.error());
}

Result<std::vector<StateChange>> AppDoors::diff(const StateType& type, const std::string& stream,
                                                std::optional<Revision> from, std::optional<Revision> until,
                                                const StoredForm& form, void* state) const {
    if (const Result<> keyed = check_key(type, stream); !keyed.ok()) return keyed.error();
    const KeysHere keys = inside_->keys_here();
    Selection selection{.source = Stream{stream}};
    if (from) {
        std::optional<Revision> revision;
        std::optional<Position> position;
        const Result<> begun = fold(type, stream, as_of(*from), state, revision, position);
        if (!begun.ok()) return begun.error();
        selection.from_revision = *from + 1;
    }
    if (until) selection.until_revision = *until;
    return varve::diff(inside_->store, type, selection, form, state);
}

std::vector<StoredNames> AppDoors::stored() const {
    std::vector<StoredNames> readers;
    inside_->commands.add_stored(readers);
    inside_->queries.add_stored(readers);
    inside_->processes.add_stored(readers);
    return readers;
}

Result<Position> AppDoors::replay(const ProjectionType& type, const AsOf& as_of, void* model) const {
    const KeysHere keys = inside_->keys_here();
    return varve::replay(inside_->store, type, as_of, model);
}

}  // namespace varve::detail
