/// How events become bytes and come back, and the one escape hatch for types that reflection refuses.
///
/// An event is a plain struct. It is stored under the name of the struct, as JSON by varve/json.hpp. To store it under
/// another name (after a rename, or as a second version), say so inside:
///
///     struct Deposited { static constexpr std::string_view type = "deposited.v2"; std::int64_t cents; };
///
/// A type with invariants (private members, constructors) says how it is stored, as any type that has a JSON form:
///
///     template <>
///     struct varve::codec<Money> {
///         static std::int64_t encode(const Money& money) { return money.cents(); }
///         static varve::Result<Money> decode(std::int64_t cents) { return Money::of(cents); }  // or a plain Money
///     };
#pragma once

#include <string>
#include <string_view>

#include "varve/event.hpp"
#include "varve/json.hpp"
#include "varve/result.hpp"

namespace varve {

/// The name under which events of this struct are stored: its `type` constant, else the name of the struct.
template <class E>
[[nodiscard]] constexpr std::string_view event_type() {
    return detail::stored_name<std::remove_cvref_t<E>>();
}

/// Inside of encode_event: what went wrong, with the event's type.
[[nodiscard]] VARVE_API Error unencodable(std::string_view name, Error why);

/// The event as it is stored. Fails with `invalid_argument`, naming the event type, when it has no JSON form.
template <class E>
[[nodiscard]] Result<std::string> encode_event(const E& event) {
    detail::require_subject<E>();
    Result<std::string> encoded = detail::to_json_of(event, event_type<E>());
    if (!encoded.ok()) return unencodable(event_type<E>(), std::move(encoded).error());
    return encoded;
}

/// Inside of decode_event: what went wrong, with the event's type, position and the next step.
[[nodiscard]] VARVE_API Error undecodable(const Event& event, std::string_view name, Error why);

/// The event as a struct. Does not compare `event.type`: the caller has chosen E by it. Fails with `invalid_argument`,
/// naming the event type and position, when the stored data does not fit E (a codec<E> can read old shapes too).
template <class E>
[[nodiscard]] Result<E> decode_event(const Event& event) {
    Result<E> decoded = detail::from_text_of<E>(event.data, event_type<E>());
    if (!decoded.ok()) return undecodable(event, event_type<E>(), std::move(decoded).error());
    return decoded;
}

}  // namespace varve
