#include "model/places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "model/memory_model.hpp"
#include "model/rebuild_files.hpp"
#include "model/sqlite_model.hpp"
#include "store/names.hpp"
#include "varve/limits.hpp"

namespace varve {

namespace {

Error wrong(Code code, std::string message) {
    return Error{.code = code, .message = std::move(message)};
}

/// SQLite has other names for databases that vanish with the process.
Result<> check_file(const std::string& path) {
    if (path == ":memory:") {
        return Error{.code = Code::invalid_argument, .message = "':memory:' names no file; project without sqlite()"};
    }
    return store::check_path(path);
}

Result<> check_partitions(const detail::ProjectionType& type, unsigned partitions) {
    if (partitions == 0 || partitions > limits::partitions) {
        return wrong(Code::invalid_argument,
                     fmt::format("{} partitions; there are 1 to {} of a projection", partitions, limits::partitions));
    }
    if (partitions == 1) return {};
    for (const detail::QueryStep& step : type.queries) {
        if (step.partition != nullptr || step.merge != nullptr) continue;
        return wrong(Code::invalid_argument,
                     fmt::format("query {0} is not told where in {1} partitions its answer is: give {2} a `static ... "
                                 "partition(const {0}&)`, or where parts can be joined a `static Answer "
                                 "merge(std::vector<Answer>)`",
                                 step.name, partitions, type.name));
    }
    return {};
}

std::string path_of(const std::string& path, const Partition& mine) {
    return mine.of() == 1 ? path : fmt::format("{}.{}", path, mine.index());
}

/// A file from another number of partitions would lie beside the new ones, and never move on.
Result<> check_number(const std::string& path, unsigned partitions) {
    std::error_code ignored;
    const std::string other = partitions == 1 ? path + ".0" : path;
    if (!std::filesystem::exists(other, ignored)) return {};
    return wrong(Code::failed_precondition,
                 fmt::format("SQLite file '{}' is of another number of partitions than {}; delete it (and those beside "
                             "it): the rows are rebuilt from the log",
                             other, partitions));
}

Result<std::unique_ptr<ReadModel>> open_place(const detail::ProjectionType& type, const std::optional<Sqlite>& file,
                                              const Partition& mine, const Store& store) {
    if (!file) return std::unique_ptr<ReadModel>(std::make_unique<MemoryModel>(type, store.head()));
    const auto disk = io::real_files();
    if (auto settled = RebuildFiles(*disk, path_of(file->path, mine)).settle(); !settled.ok())
        return std::move(settled).error();
    auto info = store.info();
    if (!info.ok()) return std::move(info).error();
    auto model = SqliteModel::open(type, path_of(file->path, mine), mine, info->id, store.head());
    if (!model.ok()) return std::move(model).error();
    return std::unique_ptr<ReadModel>(std::move(*model));
}

}  // namespace

Result<std::vector<std::unique_ptr<ReadModel>>> open_places(const detail::ProjectionType& type,
                                                            const ProjectionOptions& options, const Store& store) {
    if (auto checked = check_partitions(type, options.partitions); !checked.ok()) return std::move(checked).error();
    if (options.file) {
        if (auto named = check_file(options.file->path); !named.ok()) return std::move(named).error();
        if (auto number = check_number(options.file->path, options.partitions); !number.ok()) {
            return std::move(number).error();
        }
    }
    std::vector<std::unique_ptr<ReadModel>> places;
    for (unsigned index = 0; index < options.partitions; ++index) {
        auto place = open_place(type, options.file, Partition(index, options.partitions), store);
        if (!place.ok()) return std::move(place).error();
        places.push_back(std::move(*place));
    }
    return places;
}

}  // namespace varve
