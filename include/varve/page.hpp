/// A table page by page, by a cursor that stays good while rows come and go.
///
///     struct AllBalances { varve::PageRequest page; using Answer = varve::Page<Balance>; };
///     varve::Page<Balance> answer(const AllBalances& q) const { return balances.page(q.page); }   // in the projection
///
///     auto first  = bank.ask(AllBalances{{.limit = 50}});
///     auto second = bank.ask(AllBalances{{.cursor = first->next, .limit = 50}});
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "varve/selection.hpp"

namespace varve {

/// Which page. A plain struct, to be a field of a query.
struct PageRequest {
    std::string cursor = {};                   ///< Page::next of the page before; empty: the first page
    std::size_t limit = 100;                   ///< rows, 1..limits::page_rows
    Direction direction = Direction::forward;  ///< in the order of keys; the same for all pages of one walk
};

/// Rows in the order of keys, or against it. A cursor names the last key of its page, so that a walk gives every row once
/// that is there all the time, whatever is put and erased between its pages; each page is as of its own position.
template <class Row>
struct Page {
    std::vector<Row> rows;
    /// The cursor of the next page; empty: there are no more rows. Safe in a URL, good after restarts. It is no secret (the
    /// key can be read from it), and no permission: what a page can reach is what the `page` call was given.
    std::string next;
};

}  // namespace varve
