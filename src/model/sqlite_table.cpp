#include "model/sqlite_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
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

/// Not REPLACE, which would take out other rows where somebody added a unique index.
std::string put_statement(const detail::TableShape& shape) {
    std::string places = "?";
    std::string changes;
    for (std::size_t i = 1; i < shape.columns.size(); ++i) {
        const std::string column = quoted(shape.columns[i].name);
        places += ", ?";
        changes += fmt::format("{}{} = excluded.{}", changes.empty() ? " UPDATE SET " : ", ", column, column);
    }
    return fmt::format("INSERT INTO {} VALUES ({}) ON CONFLICT ({}) DO{}", quoted(shape.name), places,
                       quoted(shape.columns.front().name), changes.empty() ? " NOTHING" : changes);
}

/// The first cell of a row, for people.
class KeyText final : public detail::CellSink {
public:
    void null() override { take("NULL"); }
    void integer(std::int64_t value) override { take(fmt::to_string(value)); }
    void real(double value) override { take(fmt::to_string(value)); }
    void text(std::string_view value) override { take(fmt::format("'{}'", value)); }

    std::string key;

private:
    void take(std::string cell) {
        if (key.empty()) key = std::move(cell);
    }
};

std::string key_of(const detail::CellValue& value) {
    KeyText text;
    try {
        value.write(value.value, text);
    } catch (const Failure&) {
        // A cell that does not fit is why we are here; the key before it is what we want.
        if (text.key.empty()) return "a key that fits no column";
    }
    return text.key;
}

std::string lower_case(std::string_view name) {
    std::string lower(name);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

/// Two names that SQLite takes for one.
template <class Named>
std::optional<std::pair<std::string, std::string>> find_same(std::span<const Named> all) {
    std::map<std::string, std::string> known;
    for (const Named& each : all) {
        const auto [same, is_new] = known.emplace(lower_case(each.name), each.name);
        if (!is_new) return std::pair(same->second, each.name);
    }
    return {};
}

Error same_names(std::string_view what, const std::pair<std::string, std::string>& names, std::string_view where) {
    return {
        .code = Code::invalid_argument,
        .message = fmt::format("{} {} and {}{} cannot be kept in SQLite, which takes their names for one; give one of "
                               "them another name",
                               what, names.first, names.second, where)};
}

/// What the work throws, names its table and row.
auto with_row(const detail::TableShape& table, const detail::CellValue& row, auto&& work) {
    try {
        return work();
    } catch (const Failure& failure) {
        throw Failure(Error(failure.error()).within(fmt::format("table {}, row {}", table.name, key_of(row))));
    }
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

Result<> check_shapes(std::span<const detail::TableShape> shapes) {
    if (const auto twice = find_same(shapes)) return same_names("tables", *twice, "");
    for (const detail::TableShape& shape : shapes) {
        const std::string name = lower_case(shape.name);
        for (const std::string_view ours : {"varve_", "sqlite_"}) {
            if (!name.starts_with(ours)) continue;
            return Error{
                .code = Code::invalid_argument,
                .message = fmt::format("table {} cannot be kept in SQLite: names that begin with '{}' are taken; "
                                       "give it another one",
                                       shape.name, ours)};
        }
        if (const auto twice = find_same(std::span(shape.columns))) {
            return same_names("fields", *twice, " of table " + shape.name);
        }
        if (shape.in_order) continue;
        return Error{.code = Code::invalid_argument,
                     .message = fmt::format("the key {} of table {} cannot be kept in SQLite, where rows would be in "
                                            "another order: make it a text, a number, an enum, a Timestamp, a "
                                            "duration, a Position, a Revision or an EventId",
                                            shape.columns.front().name, shape.name)};
    }
    return {};
}

SqliteTable::SqliteTable(SqliteDatabase& database, const detail::TableShape& shape, SqliteHooks& hooks)
    : database_(database),
      hooks_(hooks),
      shape_(shape),
      name_(quoted(shape.name)),
      key_(quoted(shape.columns.front().name)),
      get_(database, fmt::format("SELECT * FROM {} WHERE {} = ?", name_, key_)),
      put_(database, put_statement(shape)),
      erase_(database, fmt::format("DELETE FROM {} WHERE {} = ?", name_, key_)),
      size_(database, fmt::format("SELECT count(*) FROM {}", name_)) {}

bool SqliteTable::get(detail::CellValue key, detail::CellTarget row) {
    bind(key, get_);
    return with_row(shape_, key, [&] {
        const SqliteStatement::Reset after(get_);
        if (!get_.step()) return false;
        row.read(row.value, get_);
        return true;
    });
}

void SqliteTable::put(detail::CellValue row) {
    bind(row, put_);
    with_row(shape_, row, [&] { put_.run(); });
}

bool SqliteTable::erase(detail::CellValue key) {
    bind(key, erase_);
    with_row(shape_, key, [&] { erase_.run(); });
    return database_.changes() > 0;
}

void SqliteTable::bind(detail::CellValue cells, SqliteStatement& statement) {
    try {
        cells.write(cells.value, statement);
    } catch (const Failure& failure) {
        const std::size_t column = std::min(statement.bound(), shape_.columns.size() - 1);
        statement.reset();
        throw Failure(Error(failure.error())
                          .within(fmt::format("table {}, row {}, column {}", shape_.name, key_of(cells),
                                              shape_.columns[column].name)));
    }
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
