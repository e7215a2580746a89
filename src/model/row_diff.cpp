#include "model/row_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/guard.hpp"
#include "varve/limits.hpp"

namespace varve {

namespace {

using detail::TableSteps;

std::string not_compared(const TableSteps* before, const TableSteps* after) {
    if (before == nullptr) return "the one before has no such table";
    if (after == nullptr) return "the one after has no such table";
    if (before->key != after->key) return "its keys are of another type";
    return {};
}

/// One table on both sides, and what is found in it.
class TableComparison {
public:
    TableComparison(const ComparedSide& before, const ComparedSide& after, std::string_view name, ComparedRows& found,
                    std::size_t rows)
        : before_(before),
          after_(after),
          old_(find_table(before.type, name)),
          now_(find_table(after.type, name)),
          found_(found),
          rows_(rows) {
        counts_.table = std::string(name);
    }

    Result<> run() {
        counts_.not_compared = not_compared(old_, now_);
        if (counts_.not_compared.empty()) {
            if (auto compared = walk(before_, *old_, after_, *now_, true); !compared.ok()) return compared;
            const std::uint64_t known = counts_.equal + counts_.different;
            // Usually there are none, and then a second walk is spared.
            if (size_of(after_, *now_) > known) {
                if (auto compared = walk(after_, *now_, before_, *old_, false); !compared.ok()) return compared;
            }
        }
        found_.diff.tables.push_back(std::move(counts_));
        return {};
    }

private:
    static std::size_t size_of(const ComparedSide& side, const TableSteps& table) {
        std::size_t size = 0;
        for (const void* part : side.parts) size += table.size(part);
        return size;
    }

    /// Another class may share out its rows in another way.
    static Result<std::string> find_row(const ComparedSide& side, const TableSteps& table, std::size_t first,
                                        const void* key) {
        auto row = table.row(side.parts[first], key);
        for (std::size_t i = 0; i < side.parts.size() && row.ok() && row->empty(); ++i) {
            if (i != first) row = table.row(side.parts[i], key);
        }
        return row;
    }

    Result<> walk(const ComparedSide& from, const TableSteps& table, const ComparedSide& other,
                  const TableSteps& other_table, bool forward) {
        Result<> outcome;
        for (std::size_t part = 0; part < from.parts.size() && outcome.ok(); ++part) {
            outcome = walk_part(from, part, table, other, other_table, forward);
        }
        return outcome;
    }

    Result<> walk_part(const ComparedSide& from, std::size_t part, const TableSteps& table, const ComparedSide& other,
                       const TableSteps& other_table, bool forward) {
        Result<> outcome;
        table.walk(from.parts[part], [&](const void* key, const Result<std::string>& row) {
            const auto counterpart = find_row(other, other_table, part, key);
            if (!row.ok() || !counterpart.ok()) {
                outcome = Error(row.ok() ? counterpart.error() : row.error()).within("table " + counts_.table);
            } else if (forward) {
                outcome = compare(key, *row, *counterpart);
            } else if (counterpart->empty()) {
                ++counts_.only_after;
                outcome = tell(key, "", *row);
            }
            return outcome.ok();
        });
        return outcome;
    }

    Result<> compare(const void* key, const std::string& before, const std::string& after) {
        if (before == after) {
            ++counts_.equal;
            return {};
        }
        ++(after.empty() ? counts_.only_before : counts_.different);
        return tell(key, before, after);
    }

    Result<> tell(const void* key, const std::string& before, const std::string& after) {
        if (found_.diff.rows.size() == rows_) return {};
        auto text = now_->text(key);
        if (!text.ok()) return std::move(text).error();
        RowChange change{counts_.table, std::move(*text), before, after, {}, {}};
        if (!before.empty() && !after.empty()) {
            auto fields = json_changes(before, after);
            if (!fields.ok()) return std::move(fields).error();
            change.fields = std::move(*fields);
        }
        found_.diff.rows.push_back(std::move(change));
        found_.keys.push_back(now_->keep(key));
        return {};
    }

    const ComparedSide& before_;
    const ComparedSide& after_;
    const TableSteps* old_;
    const TableSteps* now_;
    ComparedRows& found_;
    std::size_t rows_;
    TableDiff counts_;
};

Result<> compare_tables(const ComparedSide& before, const ComparedSide& after, std::size_t rows, ComparedRows& found) {
    std::vector<std::string_view> names;
    for (const TableSteps& table : before.type.tables) names.push_back(table.name);
    for (const TableSteps& table : after.type.tables) {
        if (find_table(before.type, table.name) == nullptr) names.push_back(table.name);
    }
    for (const std::string_view name : names) {
        if (auto compared = TableComparison(before, after, name, found, rows).run(); !compared.ok()) return compared;
    }
    return {};
}

}  // namespace

const TableSteps* find_table(const detail::ComparedType& type, std::string_view name) {
    const auto found = std::ranges::find(type.tables, name, &TableSteps::name);
    return found == type.tables.end() ? nullptr : &*found;
}

Result<> check_diff_rows(std::size_t rows) {
    if (rows <= limits::diff_rows) return {};
    return Error{.code = Code::invalid_argument,
                 .message = fmt::format("{} rows are more than a comparison tells one by one ({}); all are counted",
                                        rows, limits::diff_rows)};
}

Result<ComparedRows> compare_rows(const ComparedSide& before, const ComparedSide& after, std::size_t rows) {
    ComparedRows found;
    found.diff.before = before.position;
    found.diff.after = after.position;
    const Result<> compared = guarded_with_tables([&] { return compare_tables(before, after, rows, found); },
                                                  [] { return std::string("comparison of rows"); });
    if (!compared.ok()) return compared.error();
    return found;
}

Result<RowDiff> detail::diff_replayed(const ComparedType& before, const void* first, Position first_at,
                                      const ComparedType& after, const void* second, Position second_at,
                                      const RowDiffOptions& options) {
    if (auto checked = check_diff_rows(options.rows); !checked.ok()) return std::move(checked).error();
    auto compared = compare_rows({before, {&first, 1}, first_at}, {after, {&second, 1}, second_at}, options.rows);
    if (!compared.ok()) return std::move(compared).error();
    return std::move(compared->diff);
}

}  // namespace varve
