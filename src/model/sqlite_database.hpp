/// One connection to an SQLite file, and its statements. SQLite's own header stays in the .cpp files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "varve/detail/cells.hpp"
#include "varve/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace varve {

/// `"name"`, with quotes inside doubled: any text as an SQL identifier.
[[nodiscard]] std::string quoted(std::string_view name);

class SqliteDatabase;

/// A prepared statement: bind the parameters in order, step, read the columns in order. Failures throw
/// varve::Failure. Used by one thread at a time.
class SqliteStatement final : public detail::CellSink, public detail::CellSource {
public:
    SqliteStatement(SqliteDatabase& database, const std::string& sql);
    SqliteStatement(SqliteStatement&&) noexcept = default;

    void null() override;
    void integer(std::int64_t value) override;
    void real(double value) override;
    void text(std::string_view value) override;

    bool is_null() override;
    void skip() override { ++column_; }
    std::int64_t integer() override;
    double real() override;
    std::string_view text() override;

    /// True: a row is there to be read. False: done, and ready for the next parameters.
    bool step();
    /// For a statement that answers no row: steps once and is ready again.
    void run();
    /// Ready for the next parameters.
    void reset();
    /// How many parameters are bound.
    [[nodiscard]] std::size_t bound() const { return static_cast<std::size_t>(parameter_); }

    /// Resets the statement at the end, whatever happens before.
    class Reset {
    public:
        explicit Reset(SqliteStatement& statement) : statement_(statement) {}
        Reset(const Reset&) = delete;
        Reset& operator=(const Reset&) = delete;
        ~Reset() { statement_.reset(); }

    private:
        SqliteStatement& statement_;
    };

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    void check(int outcome) const;

    SqliteDatabase* database_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
    int parameter_ = 0;
    int column_ = 0;
};

/// Used by one thread at a time.
class SqliteDatabase {
public:
    /// A writer creates the file and sets it to WAL mode; a reader finds both done. Throws Failure.
    SqliteDatabase(const std::string& path, bool writes);
    SqliteDatabase(const SqliteDatabase&) = delete;
    SqliteDatabase& operator=(const SqliteDatabase&) = delete;

    /// Runs SQL that answers nothing. Throws Failure.
    void run(const std::string& sql);
    /// Rows changed by the last statement.
    [[nodiscard]] std::int64_t changes() const;
    [[nodiscard]] bool in_transaction() const;
    [[nodiscard]] sqlite3* handle() const { return handle_.get(); }
    /// The Failure for what SQLite says now: code, file, its message.
    [[noreturn]] void fail(int outcome) const;

private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    std::string path_;
    std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace varve
