/// Folding a stream into a state.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "varve/detail/step.hpp"
#include "varve/entity.hpp"
#include "varve/selection.hpp"
#include "varve/store.hpp"

namespace varve {

/// Applies the events of the selection, a stream, to a state; `revision` follows. Events of types that the state
/// does not list are skipped, but count. After an error the state is unusable.
[[nodiscard]] Result<> fold(const Store& store, const detail::StateType& type, const Selection& selection, void* state,
                            std::optional<Revision>& revision);
/// The same, with a look at the state after every event; an error of `look` ends it.
[[nodiscard]] Result<> fold(const Store& store, const detail::StateType& type, const Selection& selection, void* state,
                            std::optional<Revision>& revision, const std::function<Result<>(const Event&)>& look);

/// How a stream stands that shows no event. `failed_precondition`: it has a tombstone, so there is no such entity any more.
[[nodiscard]] Result<StreamRetention> standing_of(const Store& store, const std::string& stream);

/// The stream from its beginning up to a place in the past.
[[nodiscard]] Selection stream_as_of(const std::string& stream, const AsOf& as_of);

}  // namespace varve
