#include <numeric>
#include <utility>

#include "varve/json.hpp"
#include "varve/row_diff.hpp"

namespace varve {

namespace {

std::uint64_t sum(const std::vector<TableDiff>& tables, auto count) {
    return std::accumulate(tables.begin(), tables.end(), std::uint64_t{0},
                           [&](std::uint64_t all, const TableDiff& table) { return all + count(table); });
}

const char* shown(const std::string& json) {
    return json.empty() ? "nothing" : json.c_str();
}

/// `a1` instead of `"a1"`, where it reads the same.
std::string key_text(const std::string& json) {
    auto text = from_json<std::string>(json);
    return text.ok() ? *std::move(text) : json;
}

}  // namespace

std::uint64_t RowDiff::differences() const {
    return sum(tables, [](const TableDiff& table) { return table.differences(); });
}

std::uint64_t RowDiff::equal() const {
    return sum(tables, [](const TableDiff& table) { return table.equal; });
}

bool RowDiff::same() const {
    return differences() == 0 && sum(tables, [](const TableDiff& table) { return table.not_compared.size(); }) == 0;
}

std::ostream& operator<<(std::ostream& out, const RowChange& change) {
    out << change.table << '[' << key_text(change.key) << "]: ";
    const char* separator = "";
    for (const FieldChange& field : change.fields) {
        out << std::exchange(separator, ", ") << field.field << ' ' << shown(field.before) << " -> "
            << shown(field.after);
    }
    if (change.fields.empty()) out << shown(change.before) << " -> " << shown(change.after);
    if (const auto& since = change.since) {
        out << ", since position " << since->position.value << " (" << since->stream << '@' << since->revision.value
            << ", " << since->type << ')';
    }
    return out;
}

std::ostream& operator<<(std::ostream& out, const RowDiff& diff) {
    for (const RowChange& row : diff.rows) out << row << '\n';
    const std::uint64_t differences = diff.differences();
    if (differences > diff.rows.size()) out << "... and " << differences - diff.rows.size() << " more\n";
    out << differences << (differences == 1 ? " row differs, " : " rows differ, ") << diff.equal() << " are equal\n";
    for (const TableDiff& table : diff.tables) {
        if (!table.not_compared.empty()) out << table.table << " was not compared: " << table.not_compared << '\n';
    }
    if (!diff.unexplained.empty()) out << diff.unexplained << '\n';
    return out;
}

}  // namespace varve
