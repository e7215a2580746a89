/// Folding a stream event by event, and what each of them changed.
#pragma once

#include <string>
#include <vector>

#include "varve/detail/step.hpp"
#include "varve/diff.hpp"
#include "varve/selection.hpp"
#include "varve/store.hpp"

namespace varve {

/// What the events of the selection, a stream, do to a state that is folded up to them.
[[nodiscard]] Result<std::vector<StateChange>> diff(const Store& store, const detail::StateType& type,
                                                    const Selection& selection, const detail::StoredForm& form,
                                                    void* state);

}  // namespace varve
