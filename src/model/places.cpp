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

/// What an exchange of files that the power has ended leaves behind is nothing for SQLite to see.
Result<> settle_files(const std::string& path, unsigned partitions) {
    const auto disk = io::real_files();
    return RebuildFiles(*disk, path, partitions).settle();
}

Result<std::unique_ptr<ReadModel>> open_file(const detail::ProjectionType& type, const std::string& path,
                                             const Partition& mine, const Store& store) {
    auto info = store.info();
    if (!info.ok()) return std::move(info).error();
    auto model = SqliteModel::open(type, path, mine, info->id, store.head());
    if (!model.ok()) return std::move(model).error();
    return std::unique_ptr<ReadModel>(std::move(*model));
}

}  // namespace

Result<std::vector<std::unique_ptr<ReadModel>>> open_places(const detail::ProjectionType& type,
                                                            const ProjectionOptions& options, const Store& store,
                                                            const std::string& suffix) {
    const unsigned partitions = options.partitions;
    if (auto checked = check_partitions(type, partitions); !checked.ok()) return std::move(checked).error();
    std::vector<std::string> files;
    if (options.file) {
        const std::string& path = options.file->path;
        if (auto named = check_file(path); !named.ok()) return std::move(named).error();
        if (auto number = check_number(path, partitions); !number.ok()) return std::move(number).error();
        files = partition_files(path, partitions);
        if (suffix.empty()) {
            if (auto settled = settle_files(path, partitions); !settled.ok()) return std::move(settled).error();
        }
    }
    std::vector<std::unique_ptr<ReadModel>> places;
    for (unsigned index = 0; index < partitions; ++index) {
        if (!options.file) {
            places.push_back(std::make_unique<MemoryModel>(type, store.head()));
            continue;
        }
        auto place = open_file(type, files[index] + suffix, Partition(index, partitions), store);
        if (!place.ok()) return std::move(place).error();
        places.push_back(std::move(*place));
    }
    return places;
}

}  // namespace varve
