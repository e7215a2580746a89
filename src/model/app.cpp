#include "varve/app.hpp"

#include <fmt/format.h>

#include <utility>

#include "model/command_bus.hpp"
#include "model/fold.hpp"
#include "model/query_bus.hpp"
#include "model/replay.hpp"

namespace varve {

/// The two sides; all they have in common is the store.
class App::Inside {
public:
    explicit Inside(const Store& opened) : store(opened), commands(store), queries(store) {}

    Store store;
    CommandBus commands;
    QueryBus queries;
};

App::App(const Store& store) : inside_(std::make_unique<Inside>(store)) {}
App::App(App&&) noexcept = default;
App& App::operator=(App&&) noexcept = default;
App::~App() = default;

void App::use(Middleware middleware) {
    inside_->commands.use(std::move(middleware));
}

std::vector<ProjectionStatus> App::projections() const {
    return inside_->queries.statuses();
}

const Store& App::store() const {
    return inside_->store;
}
Store& App::store() {
    return inside_->store;
}

Result<> App::close() {
    inside_->queries.stop();
    return inside_->store.close();
}

Wiring App::add(detail::CommandRoute route) {
    return inside_->commands.add(std::move(route));
}

Wiring App::project(const detail::ProjectionType& type, const Sqlite* file) {
    return inside_->queries.project(type, file);
}

Result<Receipt> App::send(std::type_index type, const void* command, CommandContext& context) {
    return inside_->commands.send(type, command, context);
}

Result<Position> App::ask(std::type_index type, std::string_view name, const void* query, const After& after,
                          void* answer) const {
    return inside_->queries.ask(type, name, query, after, answer);
}

Result<> App::fold(const detail::StateType& type, const std::string& stream, const AsOf& as_of, void* state,
                   std::optional<Revision>& revision) const {
    if (stream.size() == type.category.size() + 1) {
        return Error{.code = Code::invalid_argument,
                     .message = fmt::format("the key is empty; say which {} it is about", type.name)};
    }
    Result<> folded = varve::fold(inside_->store, type, stream_as_of(stream, as_of), state, revision);
    if (!folded.ok() || revision) return folded;
    const auto standing = standing_of(inside_->store, stream);
    return standing.ok() ? folded : Result<>(standing.error());
}

Result<Position> App::replay(const detail::ProjectionType& type, const AsOf& as_of, void* model) const {
    return varve::replay(inside_->store, type, as_of, model);
}

}  // namespace varve
