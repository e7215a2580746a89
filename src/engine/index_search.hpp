/// The slow half of a query condition: looking for events that break it in the index.
#pragma once

#include <span>

#include "engine/catalog.hpp"
#include "engine/query_check.hpp"
#include "varve/result.hpp"

namespace varve::engine {

/// Settles of each check what lies below the table's floor: `found`, or `clean` up to that floor. What it learns of
/// terms on the way is put into the table, so that the next commit like this one need not ask.
Result<> search_index(Catalog& catalog, std::span<QueryCheck> checks);

}  // namespace varve::engine
