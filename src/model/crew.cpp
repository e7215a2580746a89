#include "model/crew.hpp"

#include <fmt/format.h>

#include <utility>

#include "model/guard.hpp"
#include "model/memory_model.hpp"
#include "model/sqlite_model.hpp"
#include "store/names.hpp"

namespace varve {

namespace {

/// SQLite has other names for databases that vanish with the process.
Result<> check_file(const std::string& path) {
    if (path == ":memory:") {
        return Error{.code = Code::invalid_argument, .message = "':memory:' names no file; project without sqlite()"};
    }
    return store::check_path(path);
}

Result<> check_options(const ProjectionOptions& options) {
    if (options.file) {
        if (auto named = check_file(options.file->path); !named.ok()) return named;
    }
    if (options.life == Life::async && options.partitions == 1) return {};
    return Error{.code = Code::unimplemented, .message = "only Life::async in one partition is there so far"};
}

Result<std::unique_ptr<ReadModel>> open_model(const detail::ProjectionType& type, const ProjectionOptions& options,
                                              const Store& store) {
    if (!options.file) return std::unique_ptr<ReadModel>(std::make_unique<MemoryModel>(type));
    auto info = store.info();
    if (!info.ok()) return std::move(info).error();
    auto model = SqliteModel::open(type, options.file->path, info->id, store.head());
    if (!model.ok()) return std::move(model).error();
    return std::unique_ptr<ReadModel>(std::move(*model));
}

}  // namespace

Result<std::unique_ptr<Crew>> Crew::open(const detail::ProjectionType& type, const ProjectionOptions& options,
                                         const Store& store) {
    const auto in_projection = [&](Error error) {
        return std::move(error).within(fmt::format("projection {}", type.name));
    };
    if (auto checked = check_options(options); !checked.ok()) return in_projection(std::move(checked).error());
    auto model = open_model(type, options, store);
    if (!model.ok()) return in_projection(std::move(model).error());
    auto crew = std::unique_ptr<Crew>(new Crew(type, options));
    crew->worker_ = std::make_unique<Worker>(type, std::move(*model), store, options);
    return crew;
}

Result<> Crew::wait_for(std::string_view query, const After& after, Deadline deadline) const {
    switch (progress().wait(after.position, deadline)) {
        case ProjectionProgress::Waited::reached: return {};
        case ProjectionProgress::Waited::late: return behind(query, after);
        case ProjectionProgress::Waited::ended: break;
    }
    if (auto error = progress().error()) return std::move(*error).within(fmt::format("query {}", query));
    return Error{
        .code = Code::failed_precondition,
        .message = fmt::format("query {}: projection {} was stopped with its App at position {}, before position {}",
                               query, type_.name, progress().position().value, after.position.value)};
}

Error Crew::behind(std::string_view query, const After& after) const {
    const Position at = progress().position();
    return Error{
        .code = Code::deadline_exceeded,
        .message = fmt::format(
            "query {}: projection {} did not reach position {} within {} ms; it is at {}, {} events behind; ask "
            "again, or without after for the rows as they are",
            query, type_.name, after.position.value, after.limit.count(), at.value,
            after.position > at ? after.position - at : 0)};
}

Result<Position> Crew::read(const detail::QueryStep& step, const void* query, void* answer) const {
    if (progress().failed()) return progress().error().value().within(fmt::format("query {}", step.name));
    Result<Position> position = Error{};
    const Result<> answered = guarded_with_tables(
        [&]() -> Result<> {
            position = worker_->model().read(progress().position(),
                                             [&](const void* projection) { step.answer(projection, query, answer); });
            return {};
        },
        [&] { return fmt::format("answer({}) of projection {}", step.name, type_.name); });
    if (!answered.ok()) return answered.error();
    if (!position.ok()) {
        return std::move(position).error().within(fmt::format("query {}: projection {}", step.name, type_.name));
    }
    return position;
}

}  // namespace varve
