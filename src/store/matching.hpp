/// Which events a source holds, told from the event alone: the meaning that every index must agree with.
#pragma once

#include <string_view>

#include "varve/event.hpp"
#include "varve/selection.hpp"

namespace varve::store {

/// Does an event of this type with these tags fit one of the query's items?
[[nodiscard]] bool matches(const Query& query, std::string_view type, const Tags& tags);

/// Is the event one of the source's?
[[nodiscard]] bool matches(const Source& source, const Event& event);

}  // namespace varve::store
