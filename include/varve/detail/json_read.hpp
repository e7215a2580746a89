/// From JSON values to C++ values. Inside of varve/json.hpp; not meant to be included by applications.
#pragma once

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

#include "varve/detail/holds_personal.hpp"
#include "varve/detail/json_form.hpp"
#include "varve/detail/json_trouble.hpp"

namespace varve::detail {

template <class T>
bool read_json(T& value, JsonValue from, JsonTrouble& trouble);

// The forms that need no template; in src/base/json_scalars.cpp.
VARVE_API bool read_bool(bool& value, JsonValue from, JsonTrouble& trouble);
VARVE_API bool read_text(std::string& value, JsonValue from, JsonTrouble& trouble);
VARVE_API bool read_double(double& value, JsonValue from, JsonTrouble& trouble);
VARVE_API bool read_time(Timestamp& value, JsonValue from, JsonTrouble& trouble);
VARVE_API bool read_id(EventId& value, JsonValue from, JsonTrouble& trouble);
VARVE_API bool not_an_integer(JsonValue from, std::int64_t least, std::uint64_t most, JsonTrouble& trouble);
VARVE_API bool not_one_of(const std::string_view* names, std::size_t count, JsonValue from, JsonTrouble& trouble);

/// In varve/personal.hpp.
template <class T>
bool read_personal(Personal<T>& value, JsonValue from, JsonTrouble& trouble);

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
        static_assert(std::is_default_constructible_v<T>,
                      "varve: what is read from JSON starts from its default; give the type a default constructor, or "
                      "specialise varve::codec for it.");
        T value{};
        if (!read_json(value, from, trouble)) return false;
        sink(std::move(value));
        return true;
    }
}

/// From what the codec stores to the value; the codec may answer a T or a Result<T>.
template <class T>
bool decode_with_codec(Encoded<T>&& stored, JsonTrouble& trouble, std::optional<T>& value) {
    static_assert(
        requires { codec<T>::decode(std::move(stored)); },
        "varve: this varve::codec has no decode; write `static T decode(Stored)` or `static Result<T> "
        "decode(Stored)`.");
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
        const bool good = read_json(item, *at, trouble) || trouble.in_element(index);
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
    require_named_alternatives<std::variant<Alternatives...>>();
    static constexpr std::array<std::string_view, sizeof...(Alternatives)> names{stored_name<Alternatives>()...};
    const auto members = from.members();
    if (members.size() != 1) {
        return trouble.expected("an object with one member, named by its type", from);
    }
    const auto [name, value] = *members.begin();
    bool known = false;
    bool good = false;
    const auto try_one = [&]<class Alternative>(const Alternative*) {
        if (known || name != stored_name<Alternative>()) return;
        known = true;
        good = read_new<Alternative>(value, trouble, [&](Alternative&& one) { variant = std::move(one); }) ||
               trouble.in_field(name);
    };
    (..., try_one(static_cast<const Alternatives*>(nullptr)));
    return known ? good : not_one_of(names.data(), names.size(), from, trouble);
}

/// A field that the object does not have: fine for an optional one.
template <class Field>
bool read_absent(Field& field, JsonTrouble& trouble) {
    if constexpr (form_of<Field> == Form::optional) {
        field.reset();
        return true;
    } else {
        return trouble.say("this field is missing");
    }
}

/// Members usually come in the order of the fields, so each is first looked for at the front of what is left; after
/// the first that is not there, all further ones are searched. So the first of a repeated member wins, always.
/// No template of the struct, to keep compilation short: what reads an int field is made once.
class StructReader {
public:
    StructReader(JsonValue from, JsonTrouble& trouble) : from_(from), rest_(from.members()), trouble_(trouble) {}

    template <class Field>
    bool read(std::string_view name, Field& field) {
        static_assert(!std::is_const_v<Field>, "varve: a const field cannot be read from JSON.");
        if constexpr (holds_personal<Field>) {
            const PersonalStep step(trouble_.places(), name);
            return take(name, field);
        } else {
            return take(name, field);
        }
    }

private:
    template <class Field>
    bool take(std::string_view name, Field& field) {
        JsonValue value;
        return (find(name, value) ? read_json(field, value, trouble_) : read_absent(field, trouble_)) ||
               trouble_.in_field(name);
    }
    bool find(std::string_view name, JsonValue& value) {
        if (in_order_ && rest_.take(name, value)) return true;
        in_order_ = false;
        const auto found = from_.find(name);
        if (found) value = *found;
        return found.has_value();
    }

    JsonValue from_;
    JsonMembers rest_;
    JsonTrouble& trouble_;
    bool in_order_ = true;
};

template <class T, std::size_t... I>
bool read_fields(T& object, StructReader reader, std::index_sequence<I...>) {
    auto fields = reflect::tie(object);
    return (... && reader.read(reflect::field_names<T>()[I], reflect::get<I>(fields)));
}

template <class T>
bool read_struct(T& object, JsonValue from, JsonTrouble& trouble) {
    if (from.kind() != JsonKind::object) return trouble.expected("an object", from);
    if constexpr (reflect::field_count<T> == 0) {
        return true;
    } else {
        return read_fields(object, StructReader(from, trouble), std::make_index_sequence<reflect::field_count<T>>{});
    }
}

/// Only when all fields are there can a struct say whose the personal values among them are.
template <class T>
bool read_owned_struct(T& object, JsonValue from, JsonTrouble& trouble) {
    if constexpr (HasSubject<T> && holds_personal<T>) {
        auto& unowned = trouble.places().unowned;
        const std::size_t before = unowned.size();
        if (!read_struct(object, from, trouble)) return false;
        const std::string subject = unowned.size() > before ? subject_of(object) : std::string();
        for (std::size_t i = before; i < unowned.size(); ++i) unowned[i]->subject = subject;
        unowned.resize(before);
        return true;
    } else {
        return read_struct(object, from, trouble);
    }
}

template <class T>
bool read_optional(std::optional<T>& value, JsonValue from, JsonTrouble& trouble) {
    value.reset();
    if (from.is_null()) return true;
    return read_new<T>(from, trouble, [&](T&& inner) { value.emplace(std::move(inner)); });
}

template <class T>
bool read_json(T& value, JsonValue from, JsonTrouble& trouble) {
    constexpr Form form = form_of<T>;
    require_form<T>();
    static_assert(form != Form::text_view,
                  "varve: a std::string_view cannot own what is read from JSON; use std::string.");
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
        if (!read_json(count, from, trouble)) return false;
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
    } else if constexpr (form == Form::set || form == Form::sequence) {
        return read_elements(value, from, trouble);
    } else if constexpr (form == Form::structure) {
        return read_owned_struct(value, from, trouble);
    } else {
        return false;
    }
}

}  // namespace varve::detail
