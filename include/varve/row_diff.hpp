/// Two read models, row by row: what differs, and the event with which that began.
///
///     auto then = bank.replay<Balances>(varve::as_of(noon)).value(), now = bank.replay<Balances>().value();
///     std::cout << varve::diff(then, now).value();
///     // balances[a1]: cents 400 -> 500
///     // 1 row differs, 41 are equal
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "varve/detail/table_steps.hpp"
#include "varve/diff.hpp"
#include "varve/export.hpp"
#include "varve/projection.hpp"
#include "varve/result.hpp"
#include "varve/types.hpp"

namespace varve {

/// Where an event stands in the store.
struct EventPlace {
    Position position;
    std::string stream;
    Revision revision;
    std::string type;
    Timestamp time;  ///< of its commit
    friend bool operator==(const EventPlace&, const EventPlace&) = default;
};

/// A row that is not the same in both.
struct RowChange {
    std::string table;
    std::string key;                  ///< as JSON
    std::string before;               ///< the row as JSON; empty: there is none
    std::string after;                ///< likewise
    std::vector<FieldChange> fields;  ///< where both are there: in the order of the row's fields
    /// The event after which the two rows were not equal any more, and have not been since. Nothing: not known, or not
    /// asked for.
    std::optional<EventPlace> since;
};

/// `balances[a1]: cents 400 -> 500, since position 17 (account-a1@3, Deposited)`; a row that is not there is `nothing`.
VARVE_API std::ostream& operator<<(std::ostream& out, const RowChange& change);

/// All rows of one table, counted.
struct TableDiff {
    std::string table;
    std::uint64_t equal = 0;
    std::uint64_t different = 0;
    std::uint64_t only_before = 0;
    std::uint64_t only_after = 0;
    /// Why the rows were not compared: the other read model has no table of this name, or another type of key. Empty:
    /// they were.
    std::string not_compared = {};

    [[nodiscard]] std::uint64_t differences() const { return different + only_before + only_after; }
};

struct RowDiff {
    Position before;                ///< every event below it is in the rows of the one,
    Position after;                 ///< and of the other
    std::vector<TableDiff> tables;  ///< in the order of the first one's fields, then what only the second one has
    std::vector<RowChange> rows;    ///< the first of those that differ, as many as were asked for
    /// Why `since` is not known, where it was asked for. Empty: it is known of every row.
    std::string unexplained = {};

    [[nodiscard]] std::uint64_t differences() const;
    [[nodiscard]] std::uint64_t equal() const;
    /// All tables were compared, and no row differs.
    [[nodiscard]] bool same() const;
};

/// A line for each row in `rows`, and one with the counts.
VARVE_API std::ostream& operator<<(std::ostream& out, const RowDiff& diff);

/// How much a comparison tells.
struct RowDiffOptions {
    std::size_t rows = 20;  ///< told one by one, up to limits::diff_rows (1000); all are counted
};

namespace detail {

[[nodiscard]] VARVE_API Result<RowDiff> diff_replayed(const ComparedType& before, const void* first, Position first_at,
                                                      const ComparedType& after, const void* second, Position second_at,
                                                      const RowDiffOptions& options);

}  // namespace detail

/// Compares the tables of equal names, row by row by key; rows and keys need a JSON form (varve/json.hpp). The two may be of
/// two stores, e.g. a store and a fork of it, of two positions, or of two classes. A table whose keys are of another type is
/// named and not compared. Errors: `invalid_argument` (`options.rows`, or a row that has no JSON form), and those of the
/// tables.
template <class P, class Q>
[[nodiscard]] Result<RowDiff> diff(const Replayed<P>& before, const Replayed<Q>& after,
                                   const RowDiffOptions& options = {}) {
    return detail::diff_replayed(detail::compared_type<P>(), &before.model(), before.position(),
                                 detail::compared_type<Q>(), &after.model(), after.position(), options);
}

}  // namespace varve
