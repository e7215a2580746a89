// The peer SQLite: one table of events with an index on stream and revision, WAL mode, prepared statements, one
// transaction a commit. One connection writes (SQLite has one writer at a time); every reader has its own.
#include <sqlite3.h>

#include <mutex>

#include "subjects/heads.hpp"
#include "subjects/subject.hpp"

namespace varve::bench {
namespace {

constexpr const char* schema =
    "CREATE TABLE IF NOT EXISTS events(position INTEGER PRIMARY KEY, stream TEXT NOT NULL, revision INTEGER NOT NULL,"
    " type TEXT NOT NULL, id BLOB NOT NULL, data BLOB NOT NULL, metadata BLOB NOT NULL);"
    "CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events(stream, revision)";

Error failure(sqlite3* db) {
    return {Code::unavailable, std::string("sqlite: ") + sqlite3_errmsg(db)};
}

class Statement {
public:
    Statement() = default;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement() { sqlite3_finalize(statement_); }

    Result<> prepare(sqlite3* db, std::string_view sql) {
        if (sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement_,
                               nullptr) == SQLITE_OK)
            return {};
        return failure(db);
    }
    void bind(int index, std::uint64_t number) {
        sqlite3_bind_int64(statement_, index, static_cast<sqlite3_int64>(number));
    }
    void bind_text(int index, std::string_view text) {
        sqlite3_bind_text(statement_, index, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    }
    void bind_blob(int index, std::string_view bytes) {
        sqlite3_bind_blob(statement_, index, bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
    }
    [[nodiscard]] int step() { return sqlite3_step(statement_); }
    void reset() { sqlite3_reset(statement_); }
    [[nodiscard]] std::string_view bytes(int column) const {
        const void* start = sqlite3_column_blob(statement_, column);
        return {static_cast<const char*>(start), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
    }
    /// Steps to the end of a statement without rows.
    Result<> run() {
        const int code = step();
        reset();
        if (code == SQLITE_DONE) return {};
        return failure(sqlite3_db_handle(statement_));
    }

private:
    sqlite3_stmt* statement_ = nullptr;
};

class Connection {
public:
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() { sqlite3_close(db_); }

    Result<> open(const Path& file, Durability mode) {
        const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
        if (sqlite3_open_v2(file.c_str(), &db_, flags, nullptr) != SQLITE_OK) return failure(db_);
        sqlite3_busy_timeout(db_, 10'000);
        for (const char* pragma :
             {"PRAGMA journal_mode=WAL", "PRAGMA cache_size=-262144", "PRAGMA mmap_size=8589934592",
              "PRAGMA wal_autocheckpoint=8000", "PRAGMA temp_store=MEMORY"}) {
            if (auto worked = execute(pragma); !worked) return worked;
        }
        return execute(mode == Durability::durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
    }
    Result<> execute(const char* sql) {
        if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
        return failure(db_);
    }
    [[nodiscard]] sqlite3* handle() const { return db_; }

private:
    sqlite3* db_ = nullptr;
};

class SqliteReader : public Reader {
public:
    Result<> open(const Path& file, Durability mode) {
        if (auto worked = connection_.open(file, mode); !worked) return worked;
        sqlite3* db = connection_.handle();
        const std::string columns = "SELECT stream, type, data, metadata FROM events ";
        auto worked = stream_.prepare(db, columns + "WHERE stream = ?1 ORDER BY revision");
        if (worked) worked = last_.prepare(db, columns + "WHERE stream = ?1 ORDER BY revision DESC LIMIT 1");
        if (worked) worked = all_.prepare(db, columns + "ORDER BY position");
        return worked;
    }

    Result<> stream(std::string_view name, Visitor& visitor) override {
        stream_.bind_text(1, name);
        return visit(stream_, visitor);
    }
    Result<> last(std::string_view name, Visitor& visitor) override {
        last_.bind_text(1, name);
        return visit(last_, visitor);
    }
    Result<> replay(Visitor& visitor) override { return visit(all_, visitor); }

private:
    Result<> visit(Statement& rows, Visitor& visitor) {
        int code = rows.step();
        for (; code == SQLITE_ROW; code = rows.step()) {
            visitor.event(
                {.stream = rows.bytes(0), .type = rows.bytes(1), .data = rows.bytes(2), .metadata = rows.bytes(3)});
        }
        rows.reset();
        return code == SQLITE_DONE ? Result<>() : failure(connection_.handle());
    }

    Connection connection_;
    Statement stream_, last_, all_;
};

/// What writes: made by create, and not needed by open.
struct Writer {
    Connection connection;
    Statement begin, insert, commit;

    Result<> open(const Path& file, Durability mode) {
        if (auto worked = connection.open(file, mode); !worked) return worked;
        if (auto worked = connection.execute(schema); !worked) return worked;
        sqlite3* db = connection.handle();
        auto worked = begin.prepare(db, "BEGIN IMMEDIATE");
        if (worked) worked = insert.prepare(db, "INSERT INTO events VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
        if (worked) worked = commit.prepare(db, "COMMIT");
        return worked;
    }
};

class Sqlite : public Subject {
public:
    Result<> create(const Path& folder, Durability mode) override { return open(folder, mode); }

    Result<> open(const Path& folder, Durability mode) override {
        file_ = folder / "events.sqlite";
        mode_ = mode;
        writer_ = std::make_unique<Writer>();
        return writer_->open(file_, mode);
    }

    Result<> append(std::span<const Sample> events) override {
        const std::scoped_lock lock(writing_);
        if (auto worked = writer_->begin.run(); !worked) return worked;
        for (const Sample& event : events) {
            if (auto worked = insert(event); !worked) {
                std::ignore = writer_->connection.execute("ROLLBACK");
                return worked;
            }
        }
        return writer_->commit.run();
    }

    Result<> settle() override { return writer_->connection.execute("PRAGMA wal_checkpoint(TRUNCATE)"); }

    Result<std::unique_ptr<Reader>> reader() override {
        auto reader = std::make_unique<SqliteReader>();
        if (auto worked = reader->open(file_, mode_); !worked) return std::move(worked).error();
        return std::unique_ptr<Reader>(std::move(reader));
    }

    Result<> close() override {
        writer_.reset();
        return {};
    }

private:
    Result<> insert(const Sample& event) {
        Statement& row = writer_->insert;
        row.bind(1, next_++);
        row.bind_text(2, event.stream);
        row.bind(3, heads_.next(event.stream));
        row.bind_text(4, event.type);
        row.bind_blob(5, {reinterpret_cast<const char*>(event.id.bytes.data()), event.id.bytes.size()});
        row.bind_blob(6, event.data);
        row.bind_blob(7, event.metadata);
        return row.run();
    }

    Path file_;
    Durability mode_{};
    std::unique_ptr<Writer> writer_;
    std::mutex writing_;
    Heads heads_;
    std::uint64_t next_ = 0;
};

}  // namespace

std::unique_ptr<Subject> make_sqlite() {
    return std::make_unique<Sqlite>();
}

}  // namespace varve::bench
