/// Plain structs to JSON and back, by reflection: the names of the fields are the names of the members.
///
///     struct Line { std::string article; int quantity; };
///     struct OrderPlaced { std::string order; std::vector<Line> lines; std::optional<std::string> note; };
///     auto text = varve::to_json(OrderPlaced{"o1", {{"pear", 2}}, {}});
///     // {"order":"o1","lines":[{"article":"pear","quantity":2}],"note":null}
///     auto order = varve::from_json<OrderPlaced>(*text);
///
/// | C++ | JSON |
/// | --- | --- |
/// | bool, integers, floating point | true or false, a number; 64 bits exactly; out of range or not finite: an error |
/// | std::string | a string; UTF-8, checked both ways |
/// | enum | the enumerator's name; values -1..127 have one |
/// | std::optional | null when empty; an absent member reads as empty too; not of another std::optional, nor of Json |
/// | std::vector, deque, list, set, array, pair, tuple | an array |
/// | std::map, std::unordered_map with string keys | an object |
/// | std::variant of structs | `{"TypeName": {...}}` |
/// | std::chrono durations; Timestamp | the count; ISO text as by to_string |
/// | EventId; Position, Revision | its text; an integer |
/// | Json | any JSON |
/// | a plain struct | an object |
/// | anything with a varve::codec | what the codec says (varve/codec.hpp) |
/// | varve::Personal | sealed, or null (varve/personal.hpp) |
///
/// Reading: a member that no field takes is ignored; a field without its member is an error unless it is optional; of
/// repeated members the first counts. Both ways, at most 128 arrays and objects within one another.
/// Errors name the place: `OrderPlaced.lines[1].quantity: expected an integer, found a string`.
/// All functions are safe from any thread; each thread keeps one parser with its memory (up to about 10 MiB).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "varve/detail/described.hpp"
#include "varve/detail/json_trouble.hpp"
#include "varve/detail/refused_type.hpp"
#include "varve/json_value.hpp"
#include "varve/result.hpp"

namespace varve {

namespace detail {

/// As from_json_value; `event` is the name under which an event is stored, for values that are bound to it.
template <class T>
Result<T> from_json_of(JsonValue from, std::string_view event) {
    if constexpr (form_of<T> == Form::coded) {
        if constexpr (require_read<T>()) {
            JsonTrouble trouble;
            if constexpr (holds_personal<T>) trouble.places().event = event;
            std::optional<T> value;
            if (!read_coded<T>(from, trouble, value)) return trouble.error(root_name(stored_type<T>()));
            return std::move(*value);
        }
    } else if constexpr (require_read_into<T>()) {
        Result<T> result{T{}};
        Result<> read = read_whole(stored_form<T>, &*result, from, event);
        if (!read.ok()) return std::move(read).error();
        return result;
    }
}

/// As from_json, likewise, from what is written in that format.
template <class T>
Result<T> read_from(std::string_view bytes, Format format, std::string_view event) {
    const JsonReader reader(bytes, format);
    if (!reader.ok()) return reader.error().within(root_name(stored_type<T>()));
    return from_json_of<T>(reader.root(), event);
}

}  // namespace detail

/// The value as JSON without white space. Fails with `invalid_argument` when it has no JSON form: text that is not
/// UTF-8, a number that is not finite, an enum value without a name.
template <class T>
[[nodiscard]] Result<std::string> to_json(const T& value) {
    return detail::write_whole(detail::stored_form<T>, &value);
}

/// A value from an already parsed place. Fails as from_json does.
template <class T>
[[nodiscard]] Result<T> from_json_value(JsonValue from) {
    return detail::from_json_of<T>(from, {});
}

/// The value that the text describes. Fails with `invalid_argument` when the text is not JSON or does not fit T; the
/// message names the place and the reason.
template <class T>
[[nodiscard]] Result<T> from_json(std::string_view text) {
    return detail::read_from<T>(text, Format::json, {});
}

}  // namespace varve
