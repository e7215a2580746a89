/// How values of each form are written. Inside of varve/json.hpp; not meant to be included by applications.
#pragma once

#include <cmath>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "varve/detail/json_form.hpp"
#include "varve/detail/json_trouble.hpp"
#include "varve/detail/stored_type.hpp"
#include "varve/detail/value_out.hpp"

namespace varve::detail {

// The forms that need no template; in src/base/stored_value.cpp.
VARVE_API bool write_record(const StoredType& type, const void* value, ValueOut& out, JsonTrouble& trouble);
VARVE_API bool write_text(std::string_view text, ValueOut& out, JsonTrouble& trouble);
VARVE_API bool write_any(const Json& json, ValueOut& out, JsonTrouble& trouble);
VARVE_API bool write_time(Timestamp time, ValueOut& out, JsonTrouble& trouble);

/// In varve/personal.hpp.
template <class T>
bool write_personal(const Personal<T>& value, ValueOut& out, JsonTrouble& trouble);

template <class T>
bool write_inner(const T& value, ValueOut& out, JsonTrouble& trouble) {
    const StoredType& type = stored_type<T>();
    return type.write(type, &value, out, trouble);
}

template <class T>
void write_integer(T value, ValueOut& out) {
    if constexpr (std::is_signed_v<T>) {
        out.signed_integer(value);
    } else {
        out.unsigned_integer(value);
    }
}

template <class T>
bool write_floating(T value, ValueOut& out, JsonTrouble& trouble) {
    using Written = std::conditional_t<std::is_same_v<T, float>, float, double>;
    const auto written = static_cast<Written>(value);
    if (!std::isfinite(written)) return trouble.say("a number that is not finite has no JSON form");
    out.floating(written);
    return true;
}

template <class E>
bool write_enum(E value, ValueOut& out, JsonTrouble& trouble) {
    const std::string_view name = reflect::enum_name(value);
    if (name.empty()) {
        return trouble.say("the value " + std::to_string(static_cast<std::underlying_type_t<E>>(value)) + " of enum " +
                           std::string(reflect::type_name<E>()) + " has no name");
    }
    out.word(name);
    return true;
}

/// Of any list: what can be walked over can be counted.
template <class T>
std::size_t size_of(const T& list) {
    if constexpr (requires { list.size(); }) {
        return list.size();
    } else {
        return static_cast<std::size_t>(std::distance(list.begin(), list.end()));
    }
}

template <class T>
bool write_elements(const T& list, ValueOut& out, JsonTrouble& trouble) {
    std::size_t index = 0;
    out.begin_array(size_of(list));
    for (const typename T::value_type& item : list) {
        out.element(index);
        if (!write_inner(item, out, trouble)) return trouble.in_element(index);
        ++index;
    }
    out.end_array();
    return true;
}

template <class T>
bool write_tuple(const T& tuple, ValueOut& out, JsonTrouble& trouble) {
    const auto write_one = [&](std::size_t index, const auto& item) {
        out.element(index);
        return write_inner(item, out, trouble) || trouble.in_element(index);
    };
    out.begin_array(std::tuple_size_v<T>);
    const bool good = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (... && write_one(I, std::get<I>(tuple)));
    }(std::make_index_sequence<std::tuple_size_v<T>>{});
    out.end_array();
    return good;
}

template <class T>
bool write_map(const T& map, ValueOut& out, JsonTrouble& trouble) {
    std::size_t index = 0;
    out.begin_object(size_of(map));
    for (const auto& [key, item] : map) {
        if (!out.key(index++, key)) return trouble.say("this text is not UTF-8") || trouble.in_key(key);
        if (!write_inner(item, out, trouble)) return trouble.in_key(key);
    }
    out.end_object();
    return true;
}

template <class T>
bool write_variant(const T& variant, ValueOut& out, JsonTrouble& trouble) {
    if (variant.valueless_by_exception()) return trouble.say("the variant holds no value");
    return std::visit(
        [&]<class Alternative>(const Alternative& alternative) {
            out.begin_object(1);
            static_cast<void>(out.key(0, stored_name<Alternative>()));
            const bool good = write_inner(alternative, out, trouble) || trouble.in_field(stored_name<Alternative>());
            out.end_object();
            return good;
        },
        variant);
}

template <class T>
bool write_nested(const T& value, ValueOut& out, JsonTrouble& trouble) {
    const JsonTrouble::Level level(trouble);
    if (level.too_deep()) return trouble.say_too_deep();
    if constexpr (form_of<T> == Form::variant) {
        return write_variant(value, out, trouble);
    } else if constexpr (form_of<T> == Form::tuple) {
        return write_tuple(value, out, trouble);
    } else if constexpr (form_of<T> == Form::map) {
        return write_map(value, out, trouble);
    } else {
        return write_elements(value, out, trouble);
    }
}

/// A WriteValue of any form but a struct.
template <class T>
bool write_value(const StoredType&, const void* at, ValueOut& out, JsonTrouble& trouble) {
    constexpr Form form = form_of<T>;
    const T& value = *static_cast<const T*>(at);
    if constexpr (form == Form::coded) {
        return write_inner(codec<T>::encode(value), out, trouble);
    } else if constexpr (form == Form::personal) {
        return write_personal(value, out, trouble);
    } else if constexpr (form == Form::boolean) {
        out.boolean(value);
        return true;
    } else if constexpr (form == Form::integer) {
        write_integer(value, out);
        return true;
    } else if constexpr (form == Form::floating) {
        return write_floating(value, out, trouble);
    } else if constexpr (form == Form::enumeration) {
        return write_enum(value, out, trouble);
    } else if constexpr (form == Form::text || form == Form::text_view) {
        return write_text(value, out, trouble);
    } else if constexpr (form == Form::json) {
        return write_any(value, out, trouble);
    } else if constexpr (form == Form::timestamp) {
        return write_time(value, out, trouble);
    } else if constexpr (form == Form::duration) {
        return write_inner(value.count(), out, trouble);
    } else if constexpr (form == Form::event_id) {
        out.word(value.to_string());
        return true;
    } else if constexpr (form == Form::ordinal) {
        write_integer(value.value, out);
        return true;
    } else if constexpr (form == Form::optional) {
        if (value) return write_inner(*value, out, trouble);
        out.null();
        return true;
    } else {
        return write_nested(value, out, trouble);
    }
}

}  // namespace varve::detail
