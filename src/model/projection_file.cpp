#include "varve/projection_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <utility>

#include "model/sqlite_database.hpp"
#include "model/sqlite_standing.hpp"
#include "store/names.hpp"

namespace varve {

namespace {

Error no_projection(const std::string& path) {
    return Error{.code = Code::invalid_argument,
                 .message = fmt::format("{} is no file of a projection; App::project(sqlite(...)) names one",
                                        store::in_quotes(path))};
}

[[nodiscard]] bool has_table(SqliteDatabase& database, std::string_view table) {
    SqliteStatement find(database, "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
    find.text(table);
    return find.step();
}

/// Calls work(database) on the file of a projection; what it throws is the answer.
Result<> with_projection(const std::string& path, bool writes, auto&& work) {
    struct ::stat found{};
    if (::stat(path.c_str(), &found) != 0) {
        return Error{.code = Code::not_found, .message = fmt::format("there is no file {}", store::in_quotes(path))};
    }
    try {
        SqliteDatabase database(path, false);
        if (writes) database.run("PRAGMA query_only=OFF");
        if (!has_table(database, "varve_checkpoint")) return no_projection(path);
        return work(database);
    } catch (const Failure& failure) {
        // SQLite's advice for a file that it cannot read is to delete it, and nobody knows whose it is.
        return failure.error().code == Code::data_loss ? no_projection(path) : failure.error();
    }
}

void read_quarantine(SqliteDatabase& database, ProjectionFile& file) {
    if (!has_table(database, "varve_quarantine")) return;
    SqliteStatement keys(database, quarantined_columns);
    while (keys.step()) {
        ProjectionFile::Key key{read_quarantined(keys)};
        if (!keys.is_null()) key.wish = keys.text();
        file.quarantined.push_back(std::move(key));
    }
}

void read_status(SqliteDatabase& database, ProjectionFile& file) {
    if (!has_table(database, "varve_status")) return;
    SqliteStatement status(database, "SELECT state, head, events_per_second, written, last_error FROM varve_status");
    if (!status.step()) return;
    file.state = status.text();
    file.head = Position{static_cast<std::uint64_t>(status.integer())};
    file.events_per_second = status.real();
    file.written = parse_timestamp(status.text());
    if (!status.is_null()) file.last_error = status.text();
}

Result<> wish(const std::string& path, const std::string& key, std::string_view what) {
    return with_projection(path, true, [&](SqliteDatabase& database) -> Result<> {
        if (has_table(database, "varve_quarantine")) {
            SqliteStatement mark(database, "UPDATE varve_quarantine SET wish = ? WHERE key = ?");
            mark.text(what);
            mark.text(key);
            mark.run();
            if (database.changes() > 0) return {};
        }
        return Error{
            .code = Code::not_found,
            .message = fmt::format("{} is not in quarantine in {}; 'varve projections' shows the keys that are",
                                   store::in_quotes(key), store::in_quotes(path))};
    });
}

}  // namespace

Result<ProjectionFile> look_into_projection(const std::string& path) {
    ProjectionFile file;
    const Result<> looked = with_projection(path, false, [&](SqliteDatabase& database) -> Result<> {
        database.run("BEGIN");
        SqliteStatement checkpoint(database, "SELECT projection, position, store FROM varve_checkpoint");
        if (!checkpoint.step()) return no_projection(path);
        file.projection = checkpoint.text();
        file.position = Position{static_cast<std::uint64_t>(checkpoint.integer())};
        file.store = checkpoint.text();
        read_quarantine(database, file);
        read_status(database, file);
        return {};
    });
    if (!looked.ok()) return looked.error();
    return file;
}

Result<> wish_retry(const std::string& path, const std::string& key) {
    return wish(path, key, retry_wish);
}

Result<> wish_discard(const std::string& path, const std::string& key) {
    return wish(path, key, discard_wish);
}

}  // namespace varve
