/// Folding events into a state.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "varve/detail/step.hpp"
#include "varve/selection.hpp"
#include "varve/store.hpp"

namespace varve {

/// The last event that a state was folded from; nothing: there was none.
struct Reached {
    std::optional<Revision> revision = {};
    std::optional<Position> position = {};
    EventId event = {};
};

/// Applies one event to a state, or passes over one of a type that it does not list. After an error the state is unusable.
[[nodiscard]] Result<> fold_event(const detail::StateType& type, const Event& event, void* state);

/// Applies the events of the selection to a state; `reached` follows. Events of types that the state does not list are
/// skipped, but count. After an error the state is unusable.
[[nodiscard]] Result<> fold(const Store& store, const detail::StateType& type, const Selection& selection, void* state,
                            Reached& reached);
/// The same, with a look at the state after every event; an error of `look` ends it.
[[nodiscard]] Result<> fold(const Store& store, const detail::StateType& type, const Selection& selection, void* state,
                            Reached& reached, const std::function<Result<>(const Event&)>& look);

/// How a stream stands that shows no event. `failed_precondition`: it has a tombstone, so there is no such entity any more.
[[nodiscard]] Result<StreamRetention> standing_of(const Store& store, const std::string& stream);

}  // namespace varve
