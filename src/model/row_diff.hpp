/// Comparing the tables of two projections, and finding the event with which they came apart.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "varve/row_diff.hpp"
#include "varve/store.hpp"

namespace varve {

/// A projection to be compared, in all its partitions, as of one position.
struct ComparedSide {
    const detail::ComparedType& type;
    std::span<const void* const> parts;
    Position position;
};

/// A comparison, and the keys of the rows that it tells.
struct ComparedRows {
    RowDiff diff;
    std::vector<detail::TableSteps::Key> keys;  ///< as many as diff.rows
};

/// `rows` is how many are told.
[[nodiscard]] Result<ComparedRows> compare_rows(const ComparedSide& before, const ComparedSide& after,
                                                std::size_t rows);
[[nodiscard]] Result<> check_diff_rows(std::size_t rows);

[[nodiscard]] const detail::TableSteps* find_table(const detail::ComparedType& type, std::string_view name);

/// Replays both in memory, up to the position of the comparison, and looks at the rows that it tells after each event that
/// touches them: fills in RowChange::since, or RowDiff::unexplained.
[[nodiscard]] Result<> explain_rows(const Store& store, const detail::ComparedType& before,
                                    const detail::ComparedType& after, ComparedRows& compared);

}  // namespace varve
