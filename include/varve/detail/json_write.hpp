/// From C++ values to JSON text. Inside of varve/json.hpp; not meant to be included by applications.
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "varve/detail/holds_personal.hpp"
#include "varve/detail/json_form.hpp"
#include "varve/detail/json_trouble.hpp"

namespace varve::detail {

template <class T>
bool write_json(std::string& out, const T& value, JsonTrouble& trouble);

// The forms that need no template; in src/base/json_writer.cpp.
VARVE_API bool write_text(std::string& out, std::string_view text, JsonTrouble& trouble);
VARVE_API bool write_raw(std::string& out, const Json& json, JsonTrouble& trouble);
VARVE_API bool write_time(std::string& out, Timestamp time, JsonTrouble& trouble);
VARVE_API bool write_id(std::string& out, const EventId& id);

/// In varve/personal.hpp.
template <class T>
bool write_personal(std::string& out, const Personal<T>& value, JsonTrouble& trouble);

template <class Number>
void write_number(std::string& out, Number number) {
    char text[64];
    out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

template <class T>
bool write_floating(std::string& out, T value, JsonTrouble& trouble) {
    if (!std::isfinite(value)) return trouble.say("a number that is not finite has no JSON form");
    write_number(out, value);
    return true;
}

template <class E>
bool write_enum(std::string& out, E value, JsonTrouble& trouble) {
    const std::string_view name = reflect::enum_name(value);
    if (name.empty()) {
        return trouble.say("the value " + std::to_string(static_cast<std::underlying_type_t<E>>(value)) + " of enum " +
                           std::string(reflect::type_name<E>()) + " has no name");
    }
    out += '"';
    out += name;
    out += '"';
    return true;
}

template <class T>
bool write_elements(std::string& out, const T& list, JsonTrouble& trouble) {
    std::size_t index = 0;
    out += '[';
    for (const auto& item : list) {
        if (index > 0) out += ',';
        if (!write_json<typename T::value_type>(out, item, trouble)) return trouble.in_element(index);
        ++index;
    }
    out += ']';
    return true;
}

template <class T>
bool write_tuple(std::string& out, const T& tuple, JsonTrouble& trouble) {
    const auto write_one = [&](std::size_t index, const auto& item) {
        if (index > 0) out += ',';
        return write_json(out, item, trouble) || trouble.in_element(index);
    };
    out += '[';
    const bool good = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (... && write_one(I, std::get<I>(tuple)));
    }(std::make_index_sequence<std::tuple_size_v<T>>{});
    out += ']';
    return good;
}

template <class T>
bool write_map(std::string& out, const T& map, JsonTrouble& trouble) {
    bool first = true;
    out += '{';
    for (const auto& [key, item] : map) {
        if (!std::exchange(first, false)) out += ',';
        if (!write_text(out, key, trouble)) return trouble.in_key(key);
        out += ':';
        if (!write_json(out, item, trouble)) return trouble.in_key(key);
    }
    out += '}';
    return true;
}

template <class T>
bool write_variant(std::string& out, const T& variant, JsonTrouble& trouble) {
    require_named_alternatives<T>();
    if (variant.valueless_by_exception()) return trouble.say("the variant holds no value");
    return std::visit(
        [&]<class Alternative>(const Alternative& alternative) {
            out += '{';
            append_json_string(out, stored_name<Alternative>());
            out += ':';
            const bool good = write_json(out, alternative, trouble) || trouble.in_field(stored_name<Alternative>());
            out += '}';
            return good;
        },
        variant);
}

/// No template of the struct, to keep compilation short: what writes an int field is made once.
template <class Field>
bool write_member(std::string& out, std::string_view name, const Field& field, JsonTrouble& trouble) {
    out += out.back() == '{' ? "\"" : ",\"";
    out += name;
    out += "\":";
    if constexpr (holds_personal<Field>) {
        const PersonalStep step(trouble.places(), name);
        return write_json(out, field, trouble) || trouble.in_field(name);
    } else {
        return write_json(out, field, trouble) || trouble.in_field(name);
    }
}

template <class T, std::size_t... I>
bool write_fields(std::string& out, const T& object, JsonTrouble& trouble, std::index_sequence<I...>) {
    auto fields = reflect::tie(object);
    return (... && write_member(out, reflect::field_names<T>()[I], std::get<I>(fields), trouble));
}

template <class T>
bool write_struct(std::string& out, const T& object, JsonTrouble& trouble) {
    out += '{';
    bool good = true;
    if constexpr (reflect::field_count<T> > 0) {
        good = write_fields(out, object, trouble, std::make_index_sequence<reflect::field_count<T>>{});
    }
    out += '}';
    return good;
}

/// A struct that says whose its personal values are says so for all that is in it.
template <class T>
bool write_owned_struct(std::string& out, const T& object, JsonTrouble& trouble) {
    if constexpr (HasSubject<T> && holds_personal<T>) {
        PersonalPlaces& places = trouble.places();
        const std::string owner = std::exchange(places.owner, std::string(stored_name<T>()));
        const std::string subject = std::exchange(places.subject, subject_of(object));
        const bool good = write_struct(out, object, trouble);
        places.owner = owner;
        places.subject = subject;
        return good;
    } else {
        return write_struct(out, object, trouble);
    }
}

/// Room for a small value, so that a usual event is written without growing the text again and again.
template <class T>
constexpr std::size_t first_reserve() {
    return form_of<T> == Form::structure ? 240 : 0;
}

template <class T>
bool write_json(std::string& out, const T& value, JsonTrouble& trouble) {
    constexpr Form form = form_of<T>;
    require_form<T>();
    if constexpr (form == Form::coded) {
        return write_json(out, codec<T>::encode(value), trouble);
    } else if constexpr (form == Form::personal) {
        return write_personal(out, value, trouble);
    } else if constexpr (form == Form::boolean) {
        out += value ? "true" : "false";
        return true;
    } else if constexpr (form == Form::integer) {
        write_number(out, value);
        return true;
    } else if constexpr (form == Form::floating) {
        return write_floating(out, value, trouble);
    } else if constexpr (form == Form::enumeration) {
        return write_enum(out, value, trouble);
    } else if constexpr (form == Form::text || form == Form::text_view) {
        return write_text(out, value, trouble);
    } else if constexpr (form == Form::json) {
        return write_raw(out, value, trouble);
    } else if constexpr (form == Form::timestamp) {
        return write_time(out, value, trouble);
    } else if constexpr (form == Form::duration) {
        return write_json(out, value.count(), trouble);
    } else if constexpr (form == Form::event_id) {
        return write_id(out, value);
    } else if constexpr (form == Form::ordinal) {
        write_number(out, value.value);
        return true;
    } else if constexpr (form == Form::optional) {
        if (value) return write_json(out, *value, trouble);
        out += "null";
        return true;
    } else if constexpr (form != Form::character && form != Form::pointer && form != Form::none) {
        const JsonTrouble::Level level(trouble);
        if (level.too_deep()) return trouble.say("this is nested more than 128 deep");
        if constexpr (form == Form::variant)
            return write_variant(out, value, trouble);
        else if constexpr (form == Form::tuple)
            return write_tuple(out, value, trouble);
        else if constexpr (form == Form::map)
            return write_map(out, value, trouble);
        else if constexpr (form == Form::structure)
            return write_owned_struct(out, value, trouble);
        else
            return write_elements(out, value, trouble);
    } else {
        return false;
    }
}

}  // namespace varve::detail
