/// A projection's table in an SQLite file.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "model/sqlite_database.hpp"
#include "varve/detail/cells.hpp"

namespace varve {

/// `CREATE TABLE "balances" ("account" TEXT NOT NULL PRIMARY KEY, "cents" INTEGER NOT NULL) STRICT, WITHOUT ROWID`:
/// also what a file remembers of a row's shape.
[[nodiscard]] std::string create_statement(const detail::TableShape& shape);

/// Whether a file can have these tables, and rows in the order of their keys: `invalid_argument` that names what stands in
/// the way.
[[nodiscard]] Result<> check_shapes(std::span<const detail::TableShape> shapes);

/// What the tables of one connection want to hear of its transactions.
struct SqliteHooks {
    std::vector<std::function<void()>> before_commit;
    std::vector<std::function<void()>> after_rollback;
};

/// Through one connection, by statements prepared once. Failures throw varve::Failure, which names table, row and, where
/// a value does not fit, column.
class SqliteTable final : public detail::RowStore {
public:
    SqliteTable(SqliteDatabase& database, const detail::TableShape& shape, SqliteHooks& hooks);

    bool get(detail::CellValue key, detail::CellTarget row) override;
    void put(detail::CellValue row) override;
    bool erase(detail::CellValue key) override;
    std::size_t size() override;
    void scan(const detail::Bounds<detail::CellValue>& bounds, detail::CellTarget row,
              const std::function<bool()>& visit) override;
    void before_commit(std::function<void()> flush) override { hooks_.before_commit.push_back(std::move(flush)); }
    void after_rollback(std::function<void()> forget) override { hooks_.after_rollback.push_back(std::move(forget)); }

private:
    void bind(detail::CellValue cells, SqliteStatement& statement);

    SqliteDatabase& database_;
    SqliteHooks& hooks_;
    detail::TableShape shape_;
    std::string name_;  ///< quoted
    std::string key_;   ///< quoted
    SqliteStatement get_;
    SqliteStatement put_;
    SqliteStatement erase_;
    SqliteStatement size_;
};

}  // namespace varve
