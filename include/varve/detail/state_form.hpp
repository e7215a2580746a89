/// Inside the model: how a state is kept outside of memory, for those that can be.
#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "varve/detail/described.hpp"
#include "varve/events.hpp"
#include "varve/json.hpp"
#include "varve/result.hpp"

namespace varve::detail {

struct StateForm {
    StoredForm stored;
    bool personal;               ///< some of its events hold personal values, at which `evolve` may look
    std::optional<int> version;  ///< `snapshot_version` of the state
    std::shared_ptr<void> (*copy)(const void* state);
    void (*clear)(void* state);  ///< back to its default
};

template <class S>
concept HasSnapshotVersion = requires {
    { S::snapshot_version } -> std::convertible_to<int>;
};

template <class... E>
consteval bool any_personal(Events<E...>) {
    return (holds_personal<E> || ...);
}

template <class S>
inline constexpr bool keepable = storable<S> && std::copyable<S>;

/// nullptr: the state has no stored form, or cannot be copied.
template <class S, class Listed>
const StateForm* state_form() {
    if constexpr (keepable<S>) {
        static const StateForm form{
            stored_form<S>, any_personal(Listed{}),
            [] {
                if constexpr (HasSnapshotVersion<S>) {
                    return std::optional<int>(S::snapshot_version);
                } else {
                    return std::optional<int>();
                }
            }(),
            [](const void* state) { return std::shared_ptr<void>(std::make_shared<S>(*static_cast<const S*>(state))); },
            [](void* state) { *static_cast<S*>(state) = S{}; }};
        return &form;
    } else {
        return nullptr;
    }
}

}  // namespace varve::detail
