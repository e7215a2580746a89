/// What a read model holds, as lines of text. Inside of varve/testing_properties.hpp; not meant to be included by
/// applications.
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "varve/detail/described.hpp"
#include "varve/detail/projection_type.hpp"
#include "varve/json.hpp"
#include "varve/reflect.hpp"
#include "varve/table.hpp"

namespace varve::detail {

/// A map whose keys are not texts has no JSON form, but can be looked at.
template <class T>
consteval bool is_looked_at() {
    if constexpr (IsTable<T>::value || storable<T>) {
        return true;
    } else if constexpr (form_of<T> == Form::map) {
        return storable<typename T::key_type> && storable<typename T::mapped_type>;
    } else {
        return false;
    }
}

template <class T>
std::string looked(const T& value) {
    auto text = to_json(value);
    return text.ok() ? std::move(*text) : "(" + text.error().message + ")";
}

template <class T>
void look_at(std::string_view name, const T& field, std::vector<std::string>& lines) {
    const std::string start = std::string(name) + " ";
    if constexpr (IsTable<T>::value) {
        field.for_each([&](const auto& row) { lines.push_back(start + looked(row)); });
    } else if constexpr (storable<T>) {
        lines.push_back(start + looked(field));
    } else if constexpr (is_looked_at<T>()) {
        for (const auto& [key, value] : field) lines.push_back(start + looked(key) + " " + looked(value));
    }
}

template <class P>
std::vector<std::string> look(const P& projection) {
    std::vector<std::string> lines;
    reflect::for_each_field(projection, [&](std::string_view name, const auto& field) { look_at(name, field, lines); });
    return lines;
}

template <class... Fields>
consteval bool any_looked_at(const reflect::detail::Tied<Fields...>*) {
    return (is_looked_at<Fields>() || ...);
}
template <class... Fields>
consteval bool all_tables(const reflect::detail::Tied<Fields...>*) {
    return (IsTable<Fields>::value && ...);
}

template <class P>
using FieldsOf = decltype(reflect::tie(std::declval<P&>()));

template <class P>
inline constexpr bool can_look = any_looked_at(static_cast<const FieldsOf<P>*>(nullptr));
template <class P>
inline constexpr bool only_tables = all_tables(static_cast<const FieldsOf<P>*>(nullptr));

}  // namespace varve::detail
