#include "varve/app.hpp"

#include <fmt/format.h>

#include <utility>

#include "model/app_inside.hpp"
#include "model/at_work.hpp"
#include "model/lag.hpp"
#include "model/scheduler.hpp"
#include "store/deadline.hpp"
#include "store/names.hpp"

namespace varve {

App::App(const Store& store, const AppOptions& options) : AppDoors(store, nullptr, options) {}
App::App(const Store& store, const Keys& keys, const AppOptions& options) : AppDoors(store, &keys, options) {}
App::App(App&&) noexcept = default;
App& App::operator=(App&&) noexcept = default;
App::~App() = default;

void App::use(Middleware middleware) {
    inside_->commands.use(std::nullopt, std::move(middleware));
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
    const KeysHere keys = inside_->keys_here();
    Result<> retried = inside_->queries.retry(name, key);
    if (retried.ok() || retried.error().code != Code::not_found) return retried;
    Result<> reheard = inside_->processes.retry(name, key);
    if (reheard.ok() || reheard.error().code != Code::not_found) return reheard;
    // Where the name is that of a projection, its answer is the better one.
    if (inside_->queries.runs(name)) return retried;
    if (inside_->processes.runs(name)) return reheard;
    return Error{.code = Code::not_found,
                 .message = fmt::format("no projection or process {} runs in this App", store::in_quotes(name))};
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
    if (inside_->processes.busy_here() || inside_->queries.busy_here()) return closed_from_within();
    if (Result<> stopped = inside_->commands.stop(); !stopped.ok()) return stopped;
    inside_->processes.stop();
    inside_->queries.stop();
    if (inside_->snapshots) inside_->snapshots->stop();
    return inside_->store.close();
}

Result<Receipt> App::forget(const std::string& subject, const CommandOptions& options) {
    return inside_->keys.forget(inside_->store, subject, options);
}

KeysHere App::keys_here() const {
    return inside_->keys_here();
}

Result<> App::retry_effect(std::string_view id) {
    return inside_->queries.retry_effect(id);
}

Result<> App::settle_effects(std::chrono::milliseconds limit) {
    return inside_->queries.settle_effects(store::deadline_in(limit));
}

}  // namespace varve
