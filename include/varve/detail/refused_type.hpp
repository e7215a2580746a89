/// Stops the build, with one sentence and at the field that is to blame, where a type cannot be stored. Made only when
/// that is so. Inside of varve/json.hpp; not meant to be included by applications.
#pragma once

#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "varve/detail/described.hpp"
#include "varve/detail/json_form.hpp"
#include "varve/reflect.hpp"

namespace varve::detail {

enum class Way { write, read };

// Not consteval: clang 14 takes no such call in the condition of a template.
constexpr unsigned refused_in(Way way) {
    return way == Way::write ? Storage::unwritable : Storage::unwritable | Storage::unreadable;
}

template <class T, Way way>
void blame();

template <Way way, template <class...> class Many, class... T>
void blame_each(const Many<T...>*) {
    (static_cast<void>(&blame<T, way>), ...);
}

template <class T, Way way>
void blame_for_reading() {
    constexpr Form form = form_of<T>;
    static_assert(!std::is_const_v<T>, "varve: a const field cannot be read from JSON.");
    static_assert(form != Form::text_view,
                  "varve: a std::string_view cannot own what is read from JSON; use std::string.");
    if constexpr (form == Form::coded) {
        static_assert(Decodable<T>,
                      "varve: this varve::codec has no decode; write `static T decode(Stored)` or `static Result<T> "
                      "decode(Stored)`.");
    } else {
        static_assert(std::is_default_constructible_v<T>,
                      "varve: what is read from JSON starts from its default; give the type a default constructor, or "
                      "specialise varve::codec for it.");
    }
}

template <class T, Way way>
void blame_inside() {
    using V = std::remove_cv_t<T>;
    constexpr Form form = form_of<V>;
    if constexpr (form == Form::coded) {
        static_cast<void>(&blame<Encoded<V>, way>);
    } else if constexpr (form == Form::map) {
        static_cast<void>(&blame<typename V::mapped_type, way>);
    } else if constexpr (form == Form::tuple || form == Form::variant) {
        blame_each<way>(static_cast<const V*>(nullptr));
    } else if constexpr (form == Form::optional || form == Form::personal || form == Form::set ||
                         form == Form::sequence || form == Form::array) {
        static_cast<void>(&blame<typename V::value_type, way>);
    } else if constexpr (form == Form::enumeration) {
        static_cast<void>(reflect::detail::enum_names_of<V>);
    } else if constexpr (form == Form::structure) {
        if constexpr (reflect::detail::require_aggregate<V>()) {
            using Fields = decltype(reflect::tie(std::declval<V&>()));
            blame_each<way>(static_cast<const Fields*>(nullptr));
        }
    }
}

template <class T, Way way>
void blame() {
    if constexpr ((storage_of<T> & refused_in(way)) != 0 || std::is_const_v<T> || !is_made<T>) {
        constexpr Form form = form_of<T>;
        static_assert(form != Form::character, "varve: a char has no JSON form; use std::string or an integer type.");
        static_assert(form != Form::pointer,
                      "varve: a pointer has no JSON form; hold a value, a std::optional or a std::vector.");
        static_assert(form != Form::none, "varve: this type has no JSON form; specialise varve::codec for it.");
        if constexpr (form == Form::map) {
            static_assert(std::is_same_v<typename T::key_type, std::string>,
                          "varve: only a map with std::string keys has a JSON form.");
        } else if constexpr (form == Form::optional) {
            static_assert(
                !has_null<typename T::value_type>,
                "varve: a std::optional of another std::optional, or of Json, has no JSON form: what it holds "
                "may be null, too.");
        } else if constexpr (form == Form::variant) {
            static_assert(has_names(static_cast<const std::remove_cv_t<T>*>(nullptr)),
                          "varve: the alternatives of a variant must be plain structs with different names, which tell "
                          "them apart.");
        }
        if constexpr (way == Way::read) blame_for_reading<T, way>();
        blame_inside<T, way>();
    }
}

/// Whether T can be written; if not, the build stops.
template <class T>
consteval bool require_written() {
    constexpr bool good = (storage_of<T> & refused_in(Way::write)) == 0;
    if constexpr (!good) static_cast<void>(&blame<T, Way::write>);
    return good;
}

/// Whether T can be read; if not, the build stops.
template <class T>
consteval bool require_read() {
    constexpr bool good = (storage_of<T> & refused_in(Way::read)) == 0;
    if constexpr (!good) static_cast<void>(&blame<T, Way::read>);
    return good;
}

/// For values that are written, and perhaps read.
template <class T>
consteval StoredForm make_stored_form() {
    require_written<T>();
    return {&stored_type<T>, holds_personal<T>};
}

template <class T>
inline constexpr StoredForm stored_form = make_stored_form<T>();

/// Whether a T can be read into its default; if not, the build stops.
template <class T>
consteval bool require_read_into() {
    constexpr bool made = std::is_default_constructible_v<T>;
    static_assert(made,
                  "varve: what is read from JSON starts from its default; give every field a type with a default "
                  "constructor, or specialise varve::codec for the struct.");
    return require_read<T>() && made;
}

}  // namespace varve::detail
