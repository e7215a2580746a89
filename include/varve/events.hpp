/// The facts of an entity: which events its state is folded from, and the stream they live in.
///
///     struct Account {
///         using Events = varve::Events<Opened, Deposited, Withdrawn>;
///         bool open = false;
///         std::int64_t cents = 0;
///         void evolve(const Opened&) { open = true; }
///         void evolve(const Deposited& e) { cents += e.cents; }
///         void evolve(const Withdrawn& e) { cents -= e.cents; }
///     };
///     varve::stream_of<Account>("a1")   // "account-a1"
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "varve/event.hpp"
#include "varve/names.hpp"
#include "varve/reflect.hpp"

namespace varve {

/// The list of events that a state or a projection is made from: `using Events = varve::Events<A, B>;`.
/// Events of other types are skipped, if not said otherwise (`Unknown`).
template <class... E>
struct Events {
    static constexpr std::size_t size = sizeof...(E);
    template <class T>
    static constexpr bool contains = (std::is_same_v<T, E> || ...);
};

/// A list of states: `using UnknownIn = varve::States<Account, Order>;`.
template <class... S>
struct States {};

/// What a reader does with an event that it neither lists nor reads as something it lists: `static constexpr auto unknown =
/// varve::Unknown::fail;`. docs/evolution.md, "Events that a reader does not know".
enum class Unknown : std::uint8_t {
    skip,  ///< passes it by, whatever it is
    fail,  ///< stops at it, with an error that names it
    raw,   ///< hands it over as it is stored, to `evolve(const varve::Event&)` or `on(const varve::Event&)`
};

namespace detail {

template <class T>
concept HasEvents = requires { typename T::Events; };

template <class S>
concept NamesCategory = requires {
    { S::category } -> std::convertible_to<std::string_view>;
};

/// Made once for each state.
template <class S>
const std::string& category_of_state() {
    if constexpr (NamesCategory<S>) {
        static_assert(
            std::string_view(S::category).find('-') == std::string_view::npos && !std::string_view(S::category).empty(),
            "varve: a category may not be empty nor contain '-', which ends the category in a stream's name");
        static const std::string name{std::string_view(S::category)};
        return name;
    } else {
        static const std::string name = snake_case(reflect::type_name<S>());
        return name;
    }
}

/// The key of an entity as text: texts as they are, integers in decimal.
template <class K>
std::string key_text(const K& key) {
    if constexpr (std::is_convertible_v<const K&, std::string_view>) {
        return std::string(std::string_view(key));
    } else {
        static_assert(
            std::integral<K> && !std::same_as<K, bool>,
            "varve: the key of an entity is a text or an integer; give a callable that makes one from the command");
        return std::to_string(key);
    }
}

}  // namespace detail

/// The category of a state's streams: `static constexpr std::string_view category` of the state when it has one,
/// else the state's name in snake_case.
template <class S>
[[nodiscard]] std::string_view category_of() {
    return detail::category_of_state<S>();
}

/// The stream of one entity: its category, `-`, its key. `stream_of<Account>("a1")` is `account-a1`.
template <class S, class K>
[[nodiscard]] std::string stream_of(const K& key) {
    return detail::category_of_state<S>() + "-" + detail::key_text(key);
}

}  // namespace varve
