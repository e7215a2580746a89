/// Compile-time reflection of plain structs: their names, their fields, the names of enumerators. No macro, no
/// registration. What can be taken apart: an aggregate (public fields only, no constructor, no base class, nothing
/// virtual) of up to 32 fields, none of them a C array, a bit field or a reference. Its fields may be of any type,
/// also ones that cannot be copied. Everything here is computed by the compiler; nothing fails at run time.
///
///     struct Deposited { std::string account; std::int64_t cents; };
///     reflect::type_name<Deposited>()    // "Deposited"
///     reflect::field_names<Deposited>()  // {"account", "cents"}
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "varve/detail/apart.hpp"
#include "varve/detail/shape.hpp"
#include "varve/detail/spelling.hpp"

namespace varve::reflect {

/// A struct that can be taken apart into its fields. Asking never stops the build.
template <class T>
concept Aggregate = detail::refusal_of<std::remove_cv_t<T>> == detail::Refusal::none;

namespace detail {

template <class T>
consteval std::size_t count_fields() {
    if constexpr (require_aggregate<T>()) {
        return count_values<T>();
    } else {
        return 0;
    }
}

}  // namespace detail

/// The number of fields of T; stops the build with a sentence beginning `varve:` when T cannot be taken apart.
template <class T>
inline constexpr std::size_t field_count = detail::count_fields<std::remove_cv_t<T>>();

namespace detail {

template <class T>
consteval auto checked_field_names() {
    if constexpr (field_count<T> == 0) {
        return std::array<std::string_view, 0>{};
    } else {
        return find_field_names<T>();
    }
}

template <class T>
inline constexpr auto field_names_of = checked_field_names<T>();

template <class T>
inline constexpr std::string_view type_name_of = find_type_name<T>();

template <class E>
inline constexpr EnumNames enum_names_of = find_enum_names<E>();

}  // namespace detail

/// The name of T without namespaces and enclosing classes or functions: `shop::OrderPlaced` -> "OrderPlaced". The
/// arguments of a template are kept as the compiler writes them, which compilers do differently: do not store those.
template <class T>
[[nodiscard]] constexpr std::string_view type_name() {
    return detail::type_name_of<std::remove_cvref_t<T>>;
}

/// The names of the fields in the order of their declaration.
template <class T>
[[nodiscard]] constexpr const std::array<std::string_view, field_count<T>>& field_names() {
    return detail::field_names_of<std::remove_cv_t<T>>;
}

/// References to all fields, in the order of their declaration, for `get`; `const` when the object is.
template <class T>
[[nodiscard]] constexpr auto tie(T& object) {
    return detail::Apart<field_count<T>>::tie(object);
}

/// Field number I of what tie answered.
template <std::size_t I, class... Fields>
[[nodiscard]] constexpr auto& get(const detail::Tied<Fields...>& fields) {
    return detail::part<I>(fields);
}

/// The type of field number I, as declared.
template <class T, std::size_t I>
using field_type = typename decltype(detail::declared<I>(tie(std::declval<std::remove_cv_t<T>&>())))::type;

/// Calls `f(std::string_view name, auto& field)` for every field in the order of their declaration.
template <class T, class F>
constexpr void for_each_field(T& object, F&& f) {
    auto fields = reflect::tie(object);
    [&]<std::size_t... I>(std::index_sequence<I...>) {
        (..., static_cast<void>(f(field_names<T>()[I], reflect::get<I>(fields))));
    }(std::make_index_sequence<field_count<T>>{});
}

/// The enumerator's name: `Colour::red` -> "red". Empty for a value without an enumerator, or outside of -1..127.
/// Of two enumerators with one value, the compiler's choice (the first declared).
template <class E>
    requires std::is_enum_v<E>
[[nodiscard]] constexpr std::string_view enum_name(E value) {
    const auto number = static_cast<std::underlying_type_t<E>>(value);
    if (!std::in_range<int>(static_cast<long long>(number))) return {};
    const auto place = static_cast<long long>(number) - detail::enum_min;
    if (place < 0 || place >= static_cast<long long>(detail::enum_names_of<E>.size())) return {};
    return detail::enum_names_of<E>[static_cast<std::size_t>(place)];
}

/// The enumerator of that name, if there is one in -1..127.
template <class E>
    requires std::is_enum_v<E>
[[nodiscard]] constexpr std::optional<E> enum_value(std::string_view name) {
    if (name.empty()) return {};
    const auto& names = detail::enum_names_of<E>;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return static_cast<E>(static_cast<int>(i) + detail::enum_min);
    }
    return {};
}

}  // namespace varve::reflect
