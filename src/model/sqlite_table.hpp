/// A projection's table in an SQLite file.
#pragma once

#include <functional>
#include <string>

#include "model/sqlite_database.hpp"
#include "varve/detail/cells.hpp"

namespace varve {

/// `CREATE TABLE "balances" ("account" TEXT NOT NULL PRIMARY KEY, "cents" INTEGER NOT NULL) STRICT, WITHOUT ROWID`:
/// also what a file remembers of a row's shape.
[[nodiscard]] std::string create_statement(const detail::TableShape& shape);

/// Through one connection, by statements prepared once. Failures throw varve::Failure.
class SqliteTable final : public detail::RowStore {
public:
    /// `flushes` takes what must be called before a transaction commits.
    SqliteTable(SqliteDatabase& database, const detail::TableShape& shape, std::vector<std::function<void()>>& flushes);

    bool get(detail::CellValue key, detail::CellTarget row) override;
    void put(detail::CellValue row) override;
    bool erase(detail::CellValue key) override;
    std::size_t size() override;
    void scan(const detail::Bounds<detail::CellValue>& bounds, detail::CellTarget row,
              const std::function<bool()>& visit) override;
    void before_commit(std::function<void()> flush) override { flushes_.push_back(std::move(flush)); }

private:
    SqliteDatabase& database_;
    std::vector<std::function<void()>>& flushes_;
    std::string name_;  ///< quoted
    std::string key_;   ///< quoted
    SqliteStatement get_;
    SqliteStatement put_;
    SqliteStatement erase_;
    SqliteStatement size_;
};

}  // namespace varve
