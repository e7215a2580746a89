/// A query as JSON, the shape of `--query` and of a conflict's `query`: an array of items, each an object with `types`
/// (any of them), `tags` (all of them) or both: [{"types":["Joined","Left"],"tags":["course:c1"]},{"tags":["vip"]}].
#pragma once

#include <string>
#include <string_view>

#include "varve/result.hpp"
#include "varve/selection.hpp"

namespace varve::text {

[[nodiscard]] std::string query_json(const Query& query);

/// `invalid_argument` says what is wrong with the text. What a query may hold is the store's business.
[[nodiscard]] Result<Query> parse_query(std::string_view json);

}  // namespace varve::text
