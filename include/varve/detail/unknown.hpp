/// Inside the model: what a reader says of events that it does not know. Not meant to be included by applications.
#pragma once

#include <concepts>
#include <optional>

#include "varve/detail/step_table.hpp"
#include "varve/detail/upcast.hpp"
#include "varve/events.hpp"
#include "varve/reflect.hpp"

namespace varve::detail {

template <class R>
constexpr std::optional<Unknown> unknown_policy() {
    if constexpr (requires { R::unknown; }) {
        static_assert(
            std::same_as<std::remove_cvref_t<decltype(R::unknown)>, Unknown>,
            "varve: a reader says what it does with unknown events as one of varve::Unknown: static constexpr "
            "auto unknown = varve::Unknown::fail;");
        return R::unknown;
    } else {
        return std::nullopt;
    }
}

template <class R>
inline constexpr bool takes_raw = unknown_policy<R>() == Unknown::raw;

template <class R>
consteval auto find_ignored() {
    if constexpr (requires { typename R::Ignores; }) {
        static_assert(is_a<typename R::Ignores, Events>,
                      "varve: a reader lists what it ignores: using Ignores = varve::Events<A, B>;");
        return typename R::Ignores{};
    } else {
        return Events<>{};
    }
}

/// The events of which a reader says that they are nothing to it.
template <class R>
using IgnoredBy = decltype(find_ignored<R>());

/// What a reader hears only as something that it lists.
template <class R, class Listed>
using OlderFor = Without<OlderThan<Listed>, IgnoredBy<R>>;

template <class... S>
std::vector<std::string_view> categories_of(States<S...>) {
    return {category_of_state<S>()...};
}

template <class R>
UnknownRule unknown_rule() {
    UnknownRule rule{reflect::type_name<R>(), unknown_policy<R>(), {}};
    if constexpr (requires { typename R::UnknownIn; }) {
        static_assert(is_a<typename R::UnknownIn, States>,
                      "varve: a reader names the states in whose streams it knows every event: using UnknownIn = "
                      "varve::States<A, B>;");
        rule.categories = categories_of(typename R::UnknownIn{});
    }
    return rule;
}

}  // namespace varve::detail
