/// How a C++ type is stored, as data: what schemas and fingerprints are made of. Inside of varve/schema.hpp; not meant
/// to be included by applications.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "varve/detail/json_form.hpp"
#include "varve/reflect.hpp"

namespace varve::detail {

enum class StoredKind : std::uint8_t {
    boolean,
    integer,
    floating,
    text,
    time,
    id,
    json,
    duration,
    enumeration,
    record,
    variant,
    tuple,
    list,
    map,
    optional,
    personal,
};

struct StoredPart;
struct StoredType;
/// Asked for when it is needed, so that a type may hold itself.
using StoredTypeOf = const StoredType& (*)();

/// One for each type, made by the compiler; types refer to one another, and records to themselves.
struct StoredType {
    StoredKind kind = StoredKind::record;
    int bits = 0;  ///< integers and floating point; negative: signed
    std::string_view name = {};
    std::span<const StoredPart> parts = {};              ///< fields, alternatives, elements
    StoredTypeOf inner = nullptr;                        ///< of lists, maps, optional and personal values, durations
    std::span<const std::string_view> enumerators = {};  ///< with gaps
    std::intmax_t numerator = 0, denominator = 0;        ///< of a duration: its unit in seconds
};

struct StoredPart {
    std::string_view name;
    StoredTypeOf type;
};

template <class T>
const StoredType& stored_type();

template <class T>
consteval auto record_parts() {
    if constexpr (reflect::field_count<T> == 0) {
        return std::array<StoredPart, 0>{};
    } else {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return std::array{
                StoredPart{reflect::field_names<T>()[I], &stored_type<std::remove_cv_t<reflect::field_type<T, I>>>}...};
        }(std::make_index_sequence<reflect::field_count<T>>{});
    }
}

template <class... T>
consteval auto alternative_parts(const std::variant<T...>*) {
    return std::array{StoredPart{stored_name<T>(), &stored_type<T>}...};
}

template <class T>
consteval auto element_parts() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<StoredPart, sizeof...(I)>{
            StoredPart{{}, &stored_type<std::remove_cv_t<std::tuple_element_t<I, T>>>}...};
    }(std::make_index_sequence<std::tuple_size_v<T>>{});
}

template <class T>
consteval auto find_parts() {
    if constexpr (form_of<T> == Form::structure) {
        return record_parts<T>();
    } else if constexpr (form_of<T> == Form::variant) {
        return alternative_parts(static_cast<const T*>(nullptr));
    } else {
        return element_parts<T>();
    }
}

template <class T>
inline constexpr auto parts_of = find_parts<T>();

template <class T>
consteval StoredType make_stored_type() {
    constexpr Form form = form_of<T>;
    require_form<T>();
    if constexpr (form == Form::boolean) {
        return {.kind = StoredKind::boolean};
    } else if constexpr (form == Form::integer) {
        constexpr int bits = std::numeric_limits<std::make_unsigned_t<T>>::digits;
        return {.kind = StoredKind::integer, .bits = std::is_signed_v<T> ? -bits : bits};
    } else if constexpr (form == Form::ordinal) {
        return {.kind = StoredKind::integer, .bits = 64};
    } else if constexpr (form == Form::floating) {
        return {.kind = StoredKind::floating, .bits = sizeof(T) == sizeof(float) ? 32 : 64};
    } else if constexpr (form == Form::text || form == Form::text_view) {
        return {.kind = StoredKind::text};
    } else if constexpr (form == Form::timestamp) {
        return {.kind = StoredKind::time};
    } else if constexpr (form == Form::event_id) {
        return {.kind = StoredKind::id};
    } else if constexpr (form == Form::json) {
        return {.kind = StoredKind::json};
    } else if constexpr (form == Form::duration) {
        return {.kind = StoredKind::duration,
                .inner = &stored_type<typename T::rep>,
                .numerator = T::period::num,
                .denominator = T::period::den};
    } else if constexpr (form == Form::enumeration) {
        return {.kind = StoredKind::enumeration, .enumerators = reflect::detail::enum_names_of<T>};
    } else if constexpr (form == Form::structure) {
        return {.kind = StoredKind::record, .name = reflect::type_name<T>(), .parts = parts_of<T>};
    } else if constexpr (form == Form::variant) {
        return {.kind = StoredKind::variant, .parts = parts_of<T>};
    } else if constexpr (form == Form::array || form == Form::tuple) {
        return {.kind = StoredKind::tuple, .parts = parts_of<T>};
    } else if constexpr (form == Form::map) {
        return {.kind = StoredKind::map, .inner = &stored_type<typename T::mapped_type>};
    } else if constexpr (form == Form::optional) {
        return {.kind = StoredKind::optional, .inner = &stored_type<typename T::value_type>};
    } else if constexpr (form == Form::personal) {
        return {.kind = StoredKind::personal, .inner = &stored_type<typename T::value_type>};
    } else {
        return {.kind = StoredKind::list, .inner = &stored_type<typename T::value_type>};
    }
}

template <class T>
inline constexpr StoredType stored_type_of = make_stored_type<T>();

/// What T is stored as; of a type with a codec, what the codec makes of it.
template <class T>
const StoredType& stored_type() {
    if constexpr (form_of<T> == Form::coded) {
        return stored_type<Encoded<T>>();
    } else {
        return stored_type_of<T>;
    }
}

}  // namespace varve::detail
