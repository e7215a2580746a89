#include "varve/app.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/app_keys.hpp"
#include "model/command_bus.hpp"
#include "model/diff.hpp"
#include "model/facts.hpp"
#include "model/fold.hpp"
#include "model/lag.hpp"
#include "model/process_bus.hpp"
#include "model/process_fold.hpp"
#include "model/query_bus.hpp"
#include "model/replay.hpp"
#include "model/snapshot_keeper.hpp"
#include "store/deadline.hpp"

namespace varve {

namespace {

Result<> check_key(const detail::StateType& type, const std::string& stream) {
    if (stream.size() > type.category.size() + 1) return {};
    return Error{.code = Code::invalid_argument,
                 .message = fmt::format("the key is empty; say which {} it is about", type.name)};
}

}  // namespace

/// The two sides; all they have in common is the store.
class App::Inside {
public:
    Inside(const Store& opened, const Keys* given, const AppOptions& options)
        : store(opened),
          keys(given != nullptr ? AppKeys(store, *given) : AppKeys()),
          snapshots(options.snapshots ? std::make_unique<SnapshotKeeper>(*options.snapshots, store, keys.store())
                                      : nullptr),
          commands(store, options, keys.store(), snapshots.get()),
          queries(store),
          processes(store, commands, keys.sealer(), options.clock != nullptr ? options.clock : system_clock(),
                    options.background) {}
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
    /// First what may call all the others.
    ~Inside() { static_cast<void>(commands.stop()); }

    Store store;
    AppKeys keys;
    std::unique_ptr<SnapshotKeeper> snapshots;  ///< nullptr: there are none
    CommandBus commands;
    QueryBus queries;
    ProcessBus processes;
};

App::App(const Store& store, const AppOptions& options) : inside_(std::make_unique<Inside>(store, nullptr, options)) {}
App::App(const Store& store, const Keys& keys, const AppOptions& options)
    : inside_(std::make_unique<Inside>(store, &keys, options)) {}
App::App(App&&) noexcept = default;
App& App::operator=(App&&) noexcept = default;
App::~App() = default;

void App::use(Middleware middleware) {
    inside_->commands.use(std::nullopt, std::move(middleware));
}

void App::use(std::type_index type, Middleware middleware) {
    inside_->commands.use(type, std::move(middleware));
}

std::vector<CommandStatus> App::commands() const {
    return inside_->commands.statuses();
}

std::vector<ProjectionStatus> App::projections() const {
    auto statuses = inside_->queries.statuses();
    for (ProjectionStatus& status : statuses) complete(status, inside_->store, inside_->processes.clock());
    return statuses;
}

std::optional<SnapshotStatus> App::snapshots() const {
    if (inside_->snapshots == nullptr) return {};
    return inside_->snapshots->status();
}

std::vector<QueryStatus> App::queries() const {
    return inside_->queries.queries();
}

const Store& App::store() const {
    return inside_->store;
}
Store& App::store() {
    return inside_->store;
}

std::vector<ProcessStatus> App::processes() const {
    return inside_->processes.statuses();
}

Result<> App::retry(std::string_view name, const std::string& key) {
    const KeysHere keys = keys_here();
    Result<> retried = inside_->queries.retry(name, key);
    if (retried.ok() || retried.error().code != Code::not_found) return retried;
    Result<> reheard = inside_->processes.retry(name, key);
    // Where the name is that of a projection only, its answer is the better one.
    const bool no_process = !reheard.ok() && reheard.error().code == Code::not_found && inside_->queries.runs(name);
    return no_process ? retried : reheard;
}

Result<> App::discard(std::string_view projection, const std::string& key) {
    return inside_->queries.discard(projection, key);
}

Result<> App::retry(std::string_view process, Position position) {
    return inside_->processes.rehear(process, position);
}

Result<> App::settle(std::chrono::milliseconds limit) {
    return inside_->processes.settle(limit);
}

Result<> App::unschedule(const std::string& id) {
    return inside_->processes.unschedule(id);
}

Result<ScheduledCommand> App::scheduled(const std::string& id) const {
    return read_scheduled(inside_->store, id);
}

Result<> App::close() {
    if (Result<> stopped = inside_->commands.stop(); !stopped.ok()) return stopped;
    inside_->processes.stop();
    inside_->queries.stop();
    if (inside_->snapshots) inside_->snapshots->stop();
    return inside_->store.close();
}

Wiring App::add(detail::CommandRoute route) {
    Wiring added = inside_->commands.add(std::move(route));
    inside_->processes.handler_added();
    return added;
}

Wiring App::run(const detail::ProcessType& type) {
    return inside_->processes.run(type);
}

Result<Scheduled> App::schedule(std::string_view command, Result<std::string> data, Timestamp at,
                                const CommandOptions& options) {
    return inside_->processes.schedule(command, std::move(data), at, options);
}

Timestamp App::due_after(std::chrono::duration<double> after) const {
    const std::chrono::duration<double> longest = timer_longest;
    const bool within = after <= longest;
    const auto kept = within ? std::max(after, -longest) : 2 * longest;
    return inside_->processes.clock().now() + std::chrono::duration_cast<std::chrono::microseconds>(kept);
}

Result<Instance<int>> App::find_instance(const detail::ProcessType& type, const std::string& key, const AsOf& as_of,
                                         std::shared_ptr<void>& state) const {
    if (key.empty()) {
        return Error{.code = Code::invalid_argument,
                     .message = fmt::format("the key is empty; say which {} it is about", type.name)};
    }
    const KeysHere keys = keys_here();
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

Result<Receipt> App::forget(const std::string& subject, const CommandOptions& options) {
    return inside_->keys.forget(inside_->store, subject, options);
}

KeysHere App::keys_here() const {
    return KeysHere(inside_->keys.sealer());
}

Wiring App::project(const detail::ProjectionType& type, const ProjectionOptions& options) {
    const KeysHere keys = keys_here();
    return inside_->queries.project(type, options);
}

Result<Rebuild> App::rebuild(const detail::ComparedType& old_type, const detail::ComparedType& new_type,
                             const RebuildOptions& options) {
    const KeysHere keys = keys_here();
    return inside_->queries.rebuild(old_type, new_type, options);
}

Result<Receipt> App::send(std::type_index type, const void* command, CommandContext& context) {
    const KeysHere keys = keys_here();
    auto receipt = inside_->commands.send(type, command, context);
    if (receipt.ok() && !receipt->streams.empty()) {
        inside_->queries.bring_inlined(receipt->last + 1,
                                       std::min(context.options().deadline, store::deadline_in(inlined_limit)));
    }
    return receipt;
}

void App::send_async(std::type_index type, std::shared_ptr<const void> command, CommandContext context,
                     Completion done) {
    const KeysHere keys = keys_here();
    inside_->commands.send_async(type, std::move(command), std::move(context), std::move(done));
}

Result<Position> App::ask(std::type_index type, std::string_view name, const void* query, const After& after,
                          void* answer) const {
    const KeysHere keys = keys_here();
    return inside_->queries.ask(type, name, query, after, answer);
}

Result<std::unique_ptr<detail::LiveSource>> App::watch(std::type_index type, std::string_view name,
                                                       const LiveOptions& options) const {
    const KeysHere keys = keys_here();
    return inside_->queries.watch(type, name, options);
}

Wiring App::add(detail::AnswerFunction function) {
    return inside_->queries.answer(std::move(function));
}

Wiring App::add(detail::EffectPerformer performer) {
    return inside_->queries.perform(std::move(performer));
}

Result<> App::retry_effect(std::string_view id) {
    return inside_->queries.retry_effect(id);
}

Result<std::vector<detail::Reply>> App::scatter(const detail::Scattered& query, const After& within) const {
    const KeysHere keys = keys_here();
    return inside_->queries.gather(query, within);
}

Result<> App::fold(const detail::StateType& type, const std::string& stream, const AsOf& as_of, void* state,
                   std::optional<Revision>& revision, std::optional<Position>& position) const {
    if (Result<> keyed = check_key(type, stream); !keyed.ok()) return keyed;
    const KeysHere keys = keys_here();
    auto facts = facts_of(type, stream);
    if (!facts.ok()) return std::move(facts).error();
    const auto selection = selection_as_of(std::move(*facts), as_of);
    if (!selection.ok()) return selection.error();
    Reached reached;
    Result<> folded = fold_entity(inside_->store, inside_->snapshots.get(), type, *selection, state, reached);
    position = reached.position;
    if (type.facts == nullptr) revision = reached.revision;
    if (!folded.ok() || position || type.facts != nullptr) return folded;
    const auto standing = standing_of(inside_->store, stream);
    return standing.ok() ? folded : Result<>(standing.error());
}

Result<std::vector<StateChange>> App::diff(const detail::StateType& type, const std::string& stream,
                                           std::optional<Revision> from, std::optional<Revision> until,
                                           Result<std::string> (*to_json)(const void* state), void* state) const {
    if (const Result<> keyed = check_key(type, stream); !keyed.ok()) return keyed.error();
    const KeysHere keys = keys_here();
    Selection selection{.source = Stream{stream}};
    if (from) {
        std::optional<Revision> revision;
        std::optional<Position> position;
        const Result<> begun = fold(type, stream, as_of(*from), state, revision, position);
        if (!begun.ok()) return begun.error();
        selection.from_revision = *from + 1;
    }
    if (until) selection.until_revision = *until;
    return varve::diff(inside_->store, type, selection, to_json, state);
}

Result<Position> App::replay(const detail::ProjectionType& type, const AsOf& as_of, void* model) const {
    const KeysHere keys = keys_here();
    return varve::replay(inside_->store, type, as_of, model);
}

}  // namespace varve
