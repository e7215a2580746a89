#include "model/sqlite_table.hpp"

#include <fmt/format.h>

#include <utility>

namespace varve {

namespace {

std::string_view type_of(detail::CellKind kind) {
    switch (kind) {
        case detail::CellKind::integer: return "INTEGER";
        case detail::CellKind::real: return "REAL";
        case detail::CellKind::text: return "TEXT";
    }
    return "TEXT";
}

std::string put_statement(const detail::TableShape& shape) {
    std::string places = "?";
    for (std::size_t i = 1; i < shape.columns.size(); ++i) places += ", ?";
    return fmt::format("INSERT OR REPLACE INTO {} VALUES ({})", quoted(shape.name), places);
}

}  // namespace

std::string create_statement(const detail::TableShape& shape) {
    std::string columns;
    for (const detail::Column& column : shape.columns) {
        if (!columns.empty()) columns += ", ";
        columns += quoted(column.name) + " " + std::string(type_of(column.kind));
        if (!column.nullable) columns += " NOT NULL";
        if (&column == &shape.columns.front()) columns += " PRIMARY KEY";
    }
    return fmt::format("CREATE TABLE {} ({}) STRICT, WITHOUT ROWID", quoted(shape.name), columns);
}

SqliteTable::SqliteTable(SqliteDatabase& database, const detail::TableShape& shape,
                         std::vector<std::function<void()>>& flushes)
    : database_(database),
      flushes_(flushes),
      name_(quoted(shape.name)),
      key_(quoted(shape.columns.front().name)),
      get_(database, fmt::format("SELECT * FROM {} WHERE {} = ?", name_, key_)),
      put_(database, put_statement(shape)),
      erase_(database, fmt::format("DELETE FROM {} WHERE {} = ?", name_, key_)),
      size_(database, fmt::format("SELECT count(*) FROM {}", name_)) {}

bool SqliteTable::get(detail::CellValue key, detail::CellTarget row) {
    key.write(key.value, get_);
    if (!get_.step()) return false;
    row.read(row.value, get_);
    get_.reset();
    return true;
}

void SqliteTable::put(detail::CellValue row) {
    row.write(row.value, put_);
    put_.run();
}

bool SqliteTable::erase(detail::CellValue key) {
    key.write(key.value, erase_);
    erase_.run();
    return database_.changes() > 0;
}

std::size_t SqliteTable::size() {
    size_.step();
    const auto rows = static_cast<std::size_t>(size_.integer());
    size_.reset();
    return rows;
}

void SqliteTable::scan(const detail::Bounds<detail::CellValue>& bounds, detail::CellTarget row,
                       const std::function<bool()>& visit) {
    std::string where;
    std::vector<const detail::CellValue*> values;
    const auto bind = [&](const detail::CellValue* value, std::string_view compares) {
        if (value == nullptr) return;
        where += fmt::format(" {} {} {} ?", values.empty() ? "WHERE" : "AND", key_, compares);
        values.push_back(value);
    };
    bind(bounds.from, ">=");
    bind(bounds.until, "<");
    bind(bounds.past, bounds.backward ? "<" : ">");
    SqliteStatement rows(
        database_, fmt::format("SELECT * FROM {}{} ORDER BY {}{}", name_, where, key_, bounds.backward ? " DESC" : ""));
    for (const detail::CellValue* value : values) value->write(value->value, rows);
    while (rows.step()) {
        row.read(row.value, rows);
        if (!visit()) return;
    }
}

}  // namespace varve
