/// How events become bytes and come back, and the one escape hatch for types that reflection refuses.
///
/// An event is a plain struct. It is stored under the name of the struct, as JSON by varve/json.hpp. To store it under
/// another name, as a second version (varve/evolution.hpp), or in fewer bytes, say so inside:
///
///     struct Withdrawn { static constexpr std::string_view type = "withdrawn"; std::int64_t cents; };
///     struct Deposited { static constexpr int version = 2; std::int64_t cents; };                    // Deposited.v2
///     struct Measured { static constexpr auto format = varve::Format::cbor; double celsius; };
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

#include "varve/detail/cbor_out.hpp"
#include "varve/event.hpp"
#include "varve/json.hpp"
#include "varve/result.hpp"

namespace varve {

/// The name under which events of this struct are stored: its `type` constant, else the name of the struct.
template <class E>
[[nodiscard]] constexpr std::string_view event_type() {
    return detail::stored_name<std::remove_cvref_t<E>>();
}

/// How events of this struct are written: its `format` constant, else JSON. Reading goes by what is stored, so an event
/// may change its format at any time, and no version. For all events of a domain at once, specialise it:
///
///     template <class E>
///         requires requires { typename E::Telemetry; }
///     inline constexpr varve::Format varve::format_of<E> = varve::Format::cbor;
template <class E>
inline constexpr Format format_of = [] {
    if constexpr (requires { requires std::is_same_v<std::remove_cvref_t<decltype(E::format)>, Format>; }) {
        return E::format;
    } else {
        return Format::json;
    }
}();

/// Inside of encode_event: what went wrong, with the event's type.
[[nodiscard]] VARVE_API Error unencodable(std::string_view name, Error why);

/// The event as it is stored, in the format that it says. Fails with `invalid_argument`, naming the event type, when it has
/// no JSON form.
template <class E>
[[nodiscard]] Result<std::string> encode_event(const E& event) {
    detail::require_subject<E>();
    Result<std::string> encoded = [&] {
        if constexpr (format_of<E> == Format::cbor) {
            return detail::written<detail::CborOut>(event, event_type<E>());
        } else {
            return detail::written<detail::JsonOut>(event, event_type<E>());
        }
    }();
    if (!encoded.ok()) return unencodable(event_type<E>(), std::move(encoded).error());
    return encoded;
}

/// Inside of decode_event: what went wrong, with the event's type, position and the next step.
[[nodiscard]] VARVE_API Error undecodable(const Event& event, std::string_view name, Error why);

/// The event as a struct, read by its content type: CBOR, or else JSON. Does not compare `event.type`: the caller has chosen E by it. Fails with `invalid_argument`,
/// naming the event type and position, when the stored data does not fit E (a codec<E> can read old shapes too).
template <class E>
[[nodiscard]] Result<E> decode_event(const Event& event) {
    Result<E> decoded = detail::read_from<E>(event.data, format_of_content(event.content_type), event_type<E>());
    if (!decoded.ok()) return undecodable(event, event_type<E>(), std::move(decoded).error());
    return decoded;
}

}  // namespace varve
