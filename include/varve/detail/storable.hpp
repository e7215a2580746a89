/// Whether a type has a stored form; asking never stops the build. Inside of varve/schema.hpp; not meant to be included
/// by applications.
#pragma once

#include <concepts>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "varve/detail/json_form.hpp"
#include "varve/reflect.hpp"

namespace varve::detail {

struct StorableSearch {
    template <class T, class... Seen>
    static consteval bool in() {
        constexpr Form form = form_of<T>;
        if constexpr (std::is_const_v<T>) {
            return false;
        } else if constexpr ((std::same_as<T, Seen> || ...)) {
            return true;
        } else if constexpr (form == Form::coded) {
            return requires(Encoded<T>&& stored) { codec<T>::decode(std::move(stored)); } &&
                   in<Encoded<T>, T, Seen...>();
        } else if constexpr (form == Form::enumeration) {
            return requires { T{std::underlying_type_t<T>{}}; };
        } else if constexpr (form == Form::character || form == Form::pointer || form == Form::none ||
                             form == Form::text_view) {
            return false;
        } else if constexpr (form == Form::duration) {
            return in<typename T::rep, T, Seen...>();
        } else if constexpr (form == Form::optional || form == Form::personal || form == Form::set ||
                             form == Form::sequence) {
            return in<typename T::value_type, T, Seen...>();
        } else if constexpr (form == Form::map) {
            return std::same_as<typename T::key_type, std::string> && in<typename T::mapped_type, T, Seen...>();
        } else if constexpr (form == Form::variant) {
            return has_names(static_cast<const T*>(nullptr)) && all<T, Seen...>(static_cast<const T*>(nullptr));
        } else if constexpr (form == Form::array) {
            return in<typename T::value_type, T, Seen...>();
        } else if constexpr (form == Form::tuple) {
            return all<T, Seen...>(static_cast<const T*>(nullptr));
        } else if constexpr (form == Form::structure) {
            return structure<T, Seen...>();
        } else {
            return true;
        }
    }

private:
    template <class V, class... Seen, template <class...> class Many, class... T>
    static consteval bool all(const Many<T...>*) {
        return (in<T, V, Seen...>() && ...);
    }
    template <class V, class... Seen>
    static consteval bool structure() {
        if constexpr (!reflect::Aggregate<V> || !std::is_default_constructible_v<V>) {
            return false;
        } else if constexpr (reflect::field_count<V> == 0) {
            return true;
        } else {
            using Fields = decltype(reflect::tie(std::declval<V&>()));
            return all<V, Seen...>(static_cast<const Fields*>(nullptr));
        }
    }
};

/// Can be written as JSON and read again.
template <class T>
inline constexpr bool storable = StorableSearch::in<T>();

}  // namespace varve::detail
