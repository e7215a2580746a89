/// Where the facts of an entity lie: in its stream, or wherever a query finds them.
#pragma once

#include <string>

#include "varve/detail/step.hpp"
#include "varve/entity.hpp"
#include "varve/result.hpp"
#include "varve/selection.hpp"

namespace varve {

/// The stream itself, or the query of the state's `facts` for the key in the stream's name; its items that ask for no type
/// ask for those of the state's Events. `unknown`: `facts` threw.
[[nodiscard]] Result<Source> facts_of(const detail::StateType& type, const std::string& stream);

/// What is to be read of them to know an entity as it was. `invalid_argument`: a revision, which only a stream has.
[[nodiscard]] Result<Selection> selection_as_of(Source facts, const AsOf& as_of);

}  // namespace varve
