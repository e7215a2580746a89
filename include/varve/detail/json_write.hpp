/// From C++ values to JSON text, and to what is written like it. Inside of varve/json.hpp; not meant to be included by applications.
#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <iterator>
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

/// Writes to a JsonOut, or to anything that has its functions.
template <class Out, class T>
bool write_value(Out& out, const T& value, JsonTrouble& trouble);

// The forms that need no template; in src/base/json_writer.cpp.
VARVE_API bool write_raw(std::string& out, const Json& json, JsonTrouble& trouble);
VARVE_API bool check_time(Timestamp time, JsonTrouble& trouble);

/// In varve/personal.hpp.
template <class T>
bool write_personal(std::string& out, const Personal<T>& value, JsonTrouble& trouble);

/// JSON text while it is written.
class JsonOut {
public:
    /// Appends to `text`.
    explicit JsonOut(std::string& text) : text_(text) {}

    void null() { text_ += "null"; }
    void boolean(bool value) { text_ += value ? "true" : "false"; }
    template <class Number>
    void integer(Number number) {
        char text[64];
        text_.append(text, std::to_chars(text, text + sizeof text, number).ptr);
    }
    template <class Number>
    void floating(Number number) {
        integer(number);
    }
    /// False: it is not UTF-8.
    bool text(std::string_view text) { return append_json_string(text_, text); }
    /// A text of which nothing needs to be escaped.
    void word(std::string_view word) {
        text_ += '"';
        text_ += word;
        text_ += '"';
    }

    void begin_array(std::size_t) { text_ += '['; }
    void end_array() { text_ += ']'; }
    void begin_object(std::size_t) { text_ += '{'; }
    void end_object() { text_ += '}'; }
    /// Before the element or member number `index`.
    void separate(std::size_t index) {
        if (index > 0) text_ += ',';
    }
    /// The name of a field: a word.
    void member(std::string_view name) {
        word(name);
        text_ += ':';
    }
    /// The name of a member: any text. False: it is not UTF-8.
    bool key(std::string_view name) {
        const bool good = text(name);
        text_ += ':';
        return good;
    }

    /// What `bool write(std::string& json)` appends.
    template <class F>
    bool splice(F&& write) {
        return write(text_);
    }

private:
    std::string& text_;
};

template <class Out, class T>
bool write_floating(Out& out, T value, JsonTrouble& trouble) {
    if (!std::isfinite(value)) return trouble.say("a number that is not finite has no JSON form");
    out.floating(value);
    return true;
}

template <class Out, class E>
bool write_enum(Out& out, E value, JsonTrouble& trouble) {
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

template <class Out, class T>
bool write_elements(Out& out, const T& list, JsonTrouble& trouble) {
    std::size_t index = 0;
    out.begin_array(size_of(list));
    for (const auto& item : list) {
        out.separate(index);
        if (!write_value<Out, typename T::value_type>(out, item, trouble)) return trouble.in_element(index);
        ++index;
    }
    out.end_array();
    return true;
}

template <class Out, class T>
bool write_tuple(Out& out, const T& tuple, JsonTrouble& trouble) {
    const auto write_one = [&](std::size_t index, const auto& item) {
        out.separate(index);
        return write_value(out, item, trouble) || trouble.in_element(index);
    };
    out.begin_array(std::tuple_size_v<T>);
    const bool good = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (... && write_one(I, std::get<I>(tuple)));
    }(std::make_index_sequence<std::tuple_size_v<T>>{});
    out.end_array();
    return good;
}

template <class Out, class T>
bool write_map(Out& out, const T& map, JsonTrouble& trouble) {
    std::size_t index = 0;
    out.begin_object(size_of(map));
    for (const auto& [key, item] : map) {
        out.separate(index++);
        if (!out.key(key)) return trouble.say("this text is not UTF-8") || trouble.in_key(key);
        if (!write_value(out, item, trouble)) return trouble.in_key(key);
    }
    out.end_object();
    return true;
}

template <class Out, class T>
bool write_variant(Out& out, const T& variant, JsonTrouble& trouble) {
    require_named_alternatives<T>();
    if (variant.valueless_by_exception()) return trouble.say("the variant holds no value");
    return std::visit(
        [&]<class Alternative>(const Alternative& alternative) {
            out.begin_object(1);
            static_cast<void>(out.key(stored_name<Alternative>()));
            const bool good = write_value(out, alternative, trouble) || trouble.in_field(stored_name<Alternative>());
            out.end_object();
            return good;
        },
        variant);
}

/// No template of the struct, to keep compilation short: what writes an int field is made once.
template <class Out, class Field>
bool write_member(Out& out, std::size_t index, std::string_view name, const Field& field, JsonTrouble& trouble) {
    out.separate(index);
    out.member(name);
    if constexpr (holds_personal<Field>) {
        const PersonalStep step(trouble.places(), name);
        return write_value(out, field, trouble) || trouble.in_field(name);
    } else {
        return write_value(out, field, trouble) || trouble.in_field(name);
    }
}

template <class Out, class T, std::size_t... I>
bool write_fields(Out& out, const T& object, JsonTrouble& trouble, std::index_sequence<I...>) {
    auto fields = reflect::tie(object);
    return (... && write_member(out, I, reflect::field_names<T>()[I], reflect::get<I>(fields), trouble));
}

template <class Out, class T>
bool write_struct(Out& out, const T& object, JsonTrouble& trouble) {
    out.begin_object(reflect::field_count<T>);
    bool good = true;
    if constexpr (reflect::field_count<T> > 0) {
        good = write_fields(out, object, trouble, std::make_index_sequence<reflect::field_count<T>>{});
    }
    out.end_object();
    return good;
}

/// A struct that says whose its personal values are says so for all that is in it.
template <class Out, class T>
bool write_owned_struct(Out& out, const T& object, JsonTrouble& trouble) {
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

template <class Out, class T>
bool write_value(Out& out, const T& value, JsonTrouble& trouble) {
    constexpr Form form = form_of<T>;
    require_form<T>();
    if constexpr (form == Form::coded) {
        return write_value(out, codec<T>::encode(value), trouble);
    } else if constexpr (form == Form::personal) {
        return out.splice([&](std::string& json) { return write_personal(json, value, trouble); });
    } else if constexpr (form == Form::boolean) {
        out.boolean(value);
        return true;
    } else if constexpr (form == Form::integer) {
        out.integer(value);
        return true;
    } else if constexpr (form == Form::floating) {
        return write_floating(out, value, trouble);
    } else if constexpr (form == Form::enumeration) {
        return write_enum(out, value, trouble);
    } else if constexpr (form == Form::text || form == Form::text_view) {
        return out.text(value) || trouble.say("this text is not UTF-8");
    } else if constexpr (form == Form::json) {
        return out.splice([&](std::string& json) { return write_raw(json, value, trouble); });
    } else if constexpr (form == Form::timestamp) {
        if (!check_time(value, trouble)) return false;
        out.word(to_string(value));
        return true;
    } else if constexpr (form == Form::duration) {
        return write_value(out, value.count(), trouble);
    } else if constexpr (form == Form::event_id) {
        out.word(value.to_string());
        return true;
    } else if constexpr (form == Form::ordinal) {
        out.integer(value.value);
        return true;
    } else if constexpr (form == Form::optional) {
        if (value) return write_value(out, *value, trouble);
        out.null();
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

template <class T>
bool write_json(std::string& text, const T& value, JsonTrouble& trouble) {
    JsonOut out(text);
    return write_value(out, value, trouble);
}

}  // namespace varve::detail
