/// Which events a URL asks for.
#pragma once

#include <string_view>

#include "server/http/parameters.hpp"
#include "varve/result.hpp"
#include "varve/selection.hpp"

namespace varve::server::http {

/// `stream`: as the path names it; empty: it names none, and `category`, `type`, `tag` or `query` may. Errors:
/// `invalid_argument`. What a selection may hold beyond that is the store's business.
[[nodiscard]] Result<Selection> selection_of(std::string_view query, std::string_view stream);

}  // namespace varve::server::http
