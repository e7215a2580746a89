#include "model/sqlite_database.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <filesystem>
#include <utility>

#include "model/fault.hpp"

namespace varve {

namespace {

constexpr int busy_timeout_ms = 5000;

Code code_of(int outcome) {
    switch (outcome & 0xff) {
        case SQLITE_FULL:
        case SQLITE_NOMEM: return Code::resource_exhausted;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB: return Code::data_loss;
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_READONLY: return Code::permission_denied;
        case SQLITE_ERROR: return Code::internal;
        case SQLITE_CONSTRAINT:
        case SQLITE_TOOBIG:
        case SQLITE_MISMATCH: return Code::failed_precondition;
        default: return Code::unavailable;
    }
}

/// Whose fault it is, where rows are written.
Fault fault_of(Code code) {
    switch (code) {
        case Code::failed_precondition: return Fault::event;
        case Code::unavailable:
        case Code::resource_exhausted:
        case Code::permission_denied: return Fault::place;
        default: return Fault::model;
    }
}

std::string_view advice(Code code) {
    switch (code) {
        case Code::failed_precondition: return "mend the row, or the rule in the file";
        case Code::resource_exhausted: return "make room: it goes on after its checkpoint";
        case Code::data_loss: return "delete the file: it is rebuilt from the log";
        case Code::permission_denied: return "check the rights of the file and its folder";
        case Code::internal: return "please report this";
        default: return "check the path, or whether another process keeps the file locked";
    }
}

/// SQLite may be built to read a name that begins with `file:` as a URI, with wishes in it.
std::string plain_name(const std::string& path) {
    return path.starts_with("file:") ? "./" + path : path;
}

/// SQLite says only that it cannot open the file.
void require_folder(const std::string& path) {
    const std::filesystem::path folder = std::filesystem::path(path).parent_path();
    std::error_code unknown;
    if (folder.empty() || std::filesystem::exists(folder, unknown) || unknown) return;
    throw Failure(Error{.code = Code::not_found,
                        .message = fmt::format("SQLite file '{}': its folder '{}' is not there; make it first", path,
                                               folder.string())});
}

}  // namespace

std::string quoted(std::string_view name) {
    std::string text = "\"";
    for (const char c : name) text += c == '"' ? std::string("\"\"") : std::string(1, c);
    return text + '"';
}

void SqliteDatabase::Close::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}

SqliteDatabase::SqliteDatabase(const std::string& path, bool writes) : path_(path) {
    const int flags =
        SQLITE_OPEN_NOMUTEX | (writes ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE);
    sqlite3* opened = nullptr;
    const int outcome = sqlite3_open_v2(plain_name(path).c_str(), &opened, flags, nullptr);
    handle_.reset(opened);
    if (outcome == SQLITE_CANTOPEN && writes) require_folder(path);
    if (outcome != SQLITE_OK) fail(outcome);
    sqlite3_extended_result_codes(opened, 1);
    sqlite3_busy_timeout(opened, busy_timeout_ms);
    if (writes) run("PRAGMA journal_mode=WAL");
    run(writes ? "PRAGMA synchronous=NORMAL; PRAGMA cache_size=-32768" : "PRAGMA query_only=ON");
}

void SqliteDatabase::run(const std::string& sql) {
    const int outcome = sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
    if (outcome != SQLITE_OK) fail(outcome);
}

std::int64_t SqliteDatabase::changes() const {
    return sqlite3_changes64(handle_.get());
}

bool SqliteDatabase::in_transaction() const {
    return sqlite3_get_autocommit(handle_.get()) == 0;
}

void SqliteDatabase::fail(int outcome) const {
    const Code code = code_of(outcome);
    const char* said = handle_ ? sqlite3_errmsg(handle_.get()) : sqlite3_errstr(outcome);
    Error error{.code = code, .message = fmt::format("SQLite file '{}': {}; {}", path_, said, advice(code))};
    error.reason = reason_of(fault_of(code));
    throw Failure(std::move(error));
}

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

SqliteStatement::SqliteStatement(SqliteDatabase& database, const std::string& sql) : database_(&database) {
    sqlite3_stmt* prepared = nullptr;
    const int outcome = sqlite3_prepare_v3(database.handle(), sql.c_str(), static_cast<int>(sql.size()),
                                           SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    statement_.reset(prepared);
    check(outcome);
}

void SqliteStatement::check(int outcome) const {
    if (outcome != SQLITE_OK) database_->fail(outcome);
}

void SqliteStatement::null() {
    check(sqlite3_bind_null(statement_.get(), ++parameter_));
}
void SqliteStatement::integer(std::int64_t value) {
    check(sqlite3_bind_int64(statement_.get(), ++parameter_, value));
}
void SqliteStatement::real(double value) {
    check(sqlite3_bind_double(statement_.get(), ++parameter_, value));
}
void SqliteStatement::text(std::string_view value) {
    check(sqlite3_bind_text64(statement_.get(), ++parameter_, value.data() == nullptr ? "" : value.data(), value.size(),
                              SQLITE_TRANSIENT, SQLITE_UTF8));
}

bool SqliteStatement::is_null() {
    return sqlite3_column_type(statement_.get(), column_) == SQLITE_NULL;
}
std::int64_t SqliteStatement::integer() {
    return sqlite3_column_int64(statement_.get(), column_++);
}
double SqliteStatement::real() {
    return sqlite3_column_double(statement_.get(), column_++);
}
std::string_view SqliteStatement::text() {
    const int column = column_++;
    const auto* bytes = sqlite3_column_text(statement_.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), column));
    return bytes == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(bytes), size);
}

bool SqliteStatement::step() {
    const int outcome = sqlite3_step(statement_.get());
    column_ = 0;
    if (outcome == SQLITE_ROW) return true;
    if (outcome != SQLITE_DONE) {
        // The message goes with the connection's last call, and reset is one.
        try {
            database_->fail(outcome);
        } catch (...) {
            reset();
            throw;
        }
    }
    reset();
    return false;
}

void SqliteStatement::run() {
    while (step()) {
    }
}

void SqliteStatement::reset() {
    sqlite3_reset(statement_.get());
    parameter_ = 0;
    column_ = 0;
}

}  // namespace varve
