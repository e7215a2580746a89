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

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "varve/detail/described.hpp"
#include "varve/detail/holds_personal.hpp"
#include "varve/detail/refused_type.hpp"
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

namespace detail {

/// An event says with `std::vector<std::string> tags() const` what it is about.
template <class E>
concept HasTags = requires(const E& event) {
    { event.tags() } -> std::convertible_to<std::vector<std::string>>;
};

/// A struct as an event, without its type. One for each type, made by the compiler.
struct EventForm {
    std::string_view name;
    Format format;
    StoredForm stored;
    std::vector<std::string> (*tags)(const void* event);  ///< nullptr: it has none
};

template <class E>
consteval EventForm make_event_form() {
    require_subject<E>();
    EventForm form{event_type<E>(), varve::format_of<E>, stored_form<E>, nullptr};
    if constexpr (HasTags<E>) {
        form.tags = [](const void* event) -> std::vector<std::string> { return static_cast<const E*>(event)->tags(); };
    }
    return form;
}

template <class E>
inline constexpr EventForm event_form = make_event_form<E>();

[[nodiscard]] VARVE_API Result<std::string> encode(const EventForm& form, const void* event);
/// Into a struct that has its default.
[[nodiscard]] VARVE_API Result<> decode(const EventForm& form, const Event& event, void* into);
/// What went wrong, with the event's type, position and the next step.
[[nodiscard]] VARVE_API Error undecodable(const Event& event, std::string_view name, Error why);

/// An event as a struct, to be looked at when `read` is ok; else that is as the error of decode_event.
template <class E>
struct Fact {
    explicit Fact(const Event& event) {
        if constexpr (require_read_into<E>()) read = decode(event_form<E>, event, &value);
    }
    [[nodiscard]] const E& operator*() const { return value; }

    E value{};
    Result<> read;
};

}  // namespace detail

/// The event as it is stored, in the format that it says. Fails with `invalid_argument`, naming the event type, when it has
/// no JSON form.
template <class E>
[[nodiscard]] Result<std::string> encode_event(const E& event) {
    return detail::encode(detail::event_form<E>, &event);
}

/// The event as a struct, read by its content type: CBOR, or else JSON. Does not compare `event.type`: the caller has
/// chosen E by it. Fails with `invalid_argument`, naming the event type and position, when the stored data does not fit E
/// (a codec<E> can read old shapes too).
template <class E>
[[nodiscard]] Result<E> decode_event(const Event& event) {
    Result<E> decoded = detail::read_from<E>(event.data, format_of_content(event.content_type), event_type<E>());
    if (!decoded.ok()) return detail::undecodable(event, event_type<E>(), std::move(decoded).error());
    return decoded;
}

namespace detail {

/// One with a codec need not have a default.
template <class E>
    requires(form_of<E> == Form::coded)
struct Fact<E> {
    explicit Fact(const Event& event) : value(decode_event<E>(event)) {
        if (!value.ok()) read = value.error();
    }
    [[nodiscard]] const E& operator*() const { return *value; }

    Result<E> value;
    Result<> read;
};

}  // namespace detail

}  // namespace varve
