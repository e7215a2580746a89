/// How values of each form are read. Inside of varve/json.hpp; not meant to be included by applications.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "varve/detail/json_form.hpp"
#include "varve/detail/json_trouble.hpp"
#include "varve/detail/stored_type.hpp"

namespace varve::detail {

// The forms that need no template; in src/base/stored_value.cpp.
VARVE_API bool read_record(const StoredType& type, void* value, JsonValue from, JsonTrouble& trouble);
VARVE_API bool read_bool(bool& value, JsonValue from, JsonTrouble& trouble);
VARVE_API bool read_text(std::string& value, JsonValue from, JsonTrouble& trouble);
VARVE_API bool read_double(double& value, JsonValue from, JsonTrouble& trouble);
VARVE_API bool read_time(Timestamp& value, JsonValue from, JsonTrouble& trouble);
VARVE_API bool read_id(EventId& value, JsonValue from, JsonTrouble& trouble);
VARVE_API bool not_an_integer(JsonValue from, std::int64_t least, std::uint64_t most, JsonTrouble& trouble);
VARVE_API bool not_one_of(const std::string_view* names, std::size_t count, JsonValue from, JsonTrouble& trouble);
/// Which alternative a variant's one member names, and its value. The number of parts: none, and the trouble says so.
VARVE_API std::size_t find_alternative(const StoredType& type, JsonValue from, JsonValue& value, JsonTrouble& trouble);

/// In varve/personal.hpp.
template <class T>
bool read_personal(Personal<T>& value, JsonValue from, JsonTrouble& trouble);

template <class T>
bool read_inner(T& value, JsonValue from, JsonTrouble& trouble) {
    const StoredType& type = stored_type<T>();
    return type.read(type, &value, from, trouble);
}

template <class T>
bool read_integer(T& value, JsonValue from, JsonTrouble& trouble) {
    using Limits = std::numeric_limits<T>;
    if constexpr (std::is_signed_v<T>) {
        if (const auto number = from.as_int64(); number && std::in_range<T>(*number)) {
            value = static_cast<T>(*number);
            return true;
        }
    } else {
        if (const auto number = from.as_uint64(); number && std::in_range<T>(*number)) {
            value = static_cast<T>(*number);
            return true;
        }
    }
    return not_an_integer(from, static_cast<std::int64_t>(Limits::min()), static_cast<std::uint64_t>(Limits::max()),
                          trouble);
}

template <class T>
bool read_floating(T& value, JsonValue from, JsonTrouble& trouble) {
    double number = 0;
    if (!read_double(number, from, trouble)) return false;
    value = static_cast<T>(number);
    return std::isfinite(value) || trouble.expected("a number that fits a float", from);
}

template <class E>
bool read_enum(E& value, JsonValue from, JsonTrouble& trouble) {
    if (const auto name = from.as_string()) {
        if (const auto found = reflect::enum_value<E>(*name)) {
            value = *found;
            return true;
        }
    }
    const auto& names = reflect::detail::enum_names_of<E>;
    return not_one_of(names.data(), names.size(), from, trouble);
}

template <class T>
bool read_coded(JsonValue from, JsonTrouble& trouble, std::optional<T>& value);

/// Reads a T and hands it over. A T with a codec needs no default constructor.
template <class T, class Sink>
bool read_new(JsonValue from, JsonTrouble& trouble, Sink&& sink) {
    if constexpr (form_of<T> == Form::coded) {
        std::optional<T> value;
        if (!read_coded<T>(from, trouble, value)) return false;
        sink(std::move(*value));
        return true;
    } else {
        T value{};
        if (!read_inner(value, from, trouble)) return false;
        sink(std::move(value));
        return true;
    }
}

/// From what the codec stores to the value; the codec may answer a T or a Result<T>.
template <class T>
bool decode_with_codec(Encoded<T>&& stored, JsonTrouble& trouble, std::optional<T>& value) {
    using Answer = std::remove_cvref_t<decltype(codec<T>::decode(std::move(stored)))>;
    if constexpr (is_a<Answer, Result>) {
        Answer answer = codec<T>::decode(std::move(stored));
        if (!answer.ok()) return trouble.say(answer.error().message);
        value.emplace(std::move(*answer));
    } else {
        value.emplace(codec<T>::decode(std::move(stored)));
    }
    return true;
}

template <class T>
bool read_coded(JsonValue from, JsonTrouble& trouble, std::optional<T>& value) {
    bool good = false;
    return read_new<Encoded<T>>(
               from, trouble,
               [&](Encoded<T>&& stored) { good = decode_with_codec<T>(std::move(stored), trouble, value); }) &&
           good;
}

template <class T>
bool read_elements(T& list, JsonValue from, JsonTrouble& trouble) {
    if (from.kind() != JsonKind::array) return trouble.expected("an array", from);
    list.clear();
    std::size_t index = 0;
    for (const JsonValue element : from.elements()) {
        const bool good = read_new<typename T::value_type>(element, trouble, [&](auto&& item) {
            if constexpr (form_of<T> == Form::set)
                list.insert(std::forward<decltype(item)>(item));
            else
                list.push_back(std::forward<decltype(item)>(item));
        });
        if (!good) return trouble.in_element(index);
        ++index;
    }
    return true;
}

template <class T>
bool read_tuple(T& tuple, JsonValue from, JsonTrouble& trouble) {
    constexpr std::size_t size = std::tuple_size_v<T>;
    const auto elements = from.elements();
    const std::size_t found = elements.size();
    if (from.kind() != JsonKind::array) return trouble.expected("an array", from);
    if (found != size) {
        return trouble.say("expected an array of " + std::to_string(size) + ", found one of " + std::to_string(found));
    }
    auto at = elements.begin();
    const auto read_one = [&](std::size_t index, auto& item) {
        const bool good = read_inner(item, *at, trouble) || trouble.in_element(index);
        ++at;
        return good;
    };
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (... && read_one(I, std::get<I>(tuple)));
    }(std::make_index_sequence<size>{});
}

template <class T>
bool read_map(T& map, JsonValue from, JsonTrouble& trouble) {
    if (from.kind() != JsonKind::object) return trouble.expected("an object", from);
    map.clear();
    for (const auto [name, value] : from.members()) {
        const std::string_view key = name;
        const bool good = read_new<typename T::mapped_type>(
            value, trouble, [&](auto&& item) { map.emplace(std::string(key), std::forward<decltype(item)>(item)); });
        if (!good) return trouble.in_key(key);
    }
    return true;
}

template <class... Alternatives>
bool read_variant(std::variant<Alternatives...>& variant, JsonValue from, JsonTrouble& trouble) {
    JsonValue value;
    const StoredType& type = stored_type<std::variant<Alternatives...>>();
    const std::size_t named = find_alternative(type, from, value, trouble);
    std::size_t at = 0;
    bool good = false;
    const auto try_one = [&]<class Alternative>(const Alternative*) {
        if (at++ != named) return;
        good = read_new<Alternative>(value, trouble, [&](Alternative&& one) { variant = std::move(one); }) ||
               trouble.in_field(stored_name<Alternative>());
    };
    (..., try_one(static_cast<const Alternatives*>(nullptr)));
    return good;
}

template <class T>
bool read_optional(std::optional<T>& value, JsonValue from, JsonTrouble& trouble) {
    value.reset();
    if (from.is_null()) return true;
    return read_new<T>(from, trouble, [&](T&& inner) { value.emplace(std::move(inner)); });
}

/// A ReadValue of any form but a struct.
template <class T>
bool read_value(const StoredType&, void* at, JsonValue from, JsonTrouble& trouble) {
    constexpr Form form = form_of<T>;
    T& value = *static_cast<T*>(at);
    if constexpr (form == Form::coded) {
        return read_new<T>(from, trouble, [&](T&& read) { value = std::move(read); });
    } else if constexpr (form == Form::personal) {
        return read_personal(value, from, trouble);
    } else if constexpr (form == Form::boolean) {
        return read_bool(value, from, trouble);
    } else if constexpr (form == Form::integer) {
        return read_integer(value, from, trouble);
    } else if constexpr (form == Form::floating) {
        return read_floating(value, from, trouble);
    } else if constexpr (form == Form::enumeration) {
        return read_enum(value, from, trouble);
    } else if constexpr (form == Form::text) {
        return read_text(value, from, trouble);
    } else if constexpr (form == Form::json) {
        value.text = from.text();
        return true;
    } else if constexpr (form == Form::timestamp) {
        return read_time(value, from, trouble);
    } else if constexpr (form == Form::duration) {
        typename T::rep count{};
        if (!read_inner(count, from, trouble)) return false;
        value = T(count);
        return true;
    } else if constexpr (form == Form::event_id) {
        return read_id(value, from, trouble);
    } else if constexpr (form == Form::ordinal) {
        return read_integer(value.value, from, trouble);
    } else if constexpr (form == Form::optional) {
        return read_optional(value, from, trouble);
    } else if constexpr (form == Form::variant) {
        return read_variant(value, from, trouble);
    } else if constexpr (form == Form::array || form == Form::tuple) {
        return read_tuple(value, from, trouble);
    } else if constexpr (form == Form::map) {
        return read_map(value, from, trouble);
    } else {
        return read_elements(value, from, trouble);
    }
}

}  // namespace varve::detail
