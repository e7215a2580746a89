/// Which types hold a personal value, and whether it is said whose. Inside of varve/personal.hpp; not meant to be
/// included by applications.
#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "varve/detail/json_form.hpp"
#include "varve/reflect.hpp"

namespace varve::detail {

template <class T>
concept SubjectText = std::is_convertible_v<const T&, std::string_view> || (std::integral<T> && !std::same_as<T, bool>);

/// A struct that says whose its personal values are: `std::string subject() const`, or an integer.
template <class T>
concept HasSubject = requires(const T& value) {
    { value.subject() } -> SubjectText;
};

template <class T>
[[nodiscard]] std::string subject_of(const T& value) {
    using Subject = std::remove_cvref_t<decltype(value.subject())>;
    if constexpr (std::is_convertible_v<const Subject&, std::string_view>) {
        return std::string(std::string_view(value.subject()));
    } else {
        return std::to_string(value.subject());
    }
}

/// A value that has no others inside. Most fields are such, and this is asked once for each type of field, not once for
/// each struct that has one: it keeps compilation short.
template <class T>
inline constexpr bool is_plain = [] {
    constexpr Form form = form_of<T>;
    return form != Form::personal && form != Form::coded && form != Form::optional && form != Form::set &&
           form != Form::sequence && form != Form::array && form != Form::map && form != Form::tuple &&
           form != Form::variant && form != Form::structure;
}();
template <class T>
inline constexpr bool is_plain<std::optional<T>> = is_plain<T>;
template <class T>
inline constexpr bool is_plain<std::vector<T>> = is_plain<T>;

/// Looks for a Personal inside of T; with `owned_too` also below a struct that names a subject.
template <bool owned_too>
struct PersonalSearch {
    template <class T, class... Seen>
    static consteval bool in() {
        using V = std::remove_cv_t<T>;
        if constexpr ((std::same_as<V, Seen> || ...)) {
            return false;
        } else {
            constexpr Form form = form_of<V>;
            if constexpr (form == Form::personal) {
                return true;
            } else if constexpr (form == Form::coded) {
                return in<Encoded<V>, V, Seen...>();
            } else if constexpr (form == Form::optional || form == Form::set || form == Form::sequence ||
                                 form == Form::array) {
                return in<typename V::value_type, V, Seen...>();
            } else if constexpr (form == Form::map) {
                return in<typename V::mapped_type, V, Seen...>();
            } else if constexpr (form == Form::tuple || form == Form::variant) {
                return in_any<V, Seen...>(static_cast<const V*>(nullptr));
            } else if constexpr (form == Form::structure) {
                return in_struct<V, Seen...>();
            } else {
                return false;
            }
        }
    }

private:
    template <class V, class... Seen, template <class...> class Many, class... T>
    static consteval bool in_any(const Many<T...>*) {
        return (in_one<T, V, Seen...>() || ...);
    }
    template <class T, class... Seen>
    static consteval bool in_one() {
        if constexpr (is_plain<T>) {
            return false;
        } else {
            return in<T, Seen...>();
        }
    }
    template <class V, class... Seen>
    static consteval bool in_struct() {
        if constexpr (!reflect::Aggregate<V> || (!owned_too && HasSubject<V>)) {
            return false;
        } else if constexpr (reflect::field_count<V> == 0) {
            return false;
        } else {
            using Fields = decltype(reflect::tie(std::declval<V&>()));
            return in_any<V, Seen...>(static_cast<const Fields*>(nullptr));
        }
    }
};

template <class T>
inline constexpr bool holds_personal = PersonalSearch<true>::in<T>();

/// Holds a personal value of which no struct around it says whose it is.
template <class T>
inline constexpr bool holds_unowned_personal = PersonalSearch<false>::in<T>();

/// Stops the build, with one sentence, for an event that does not say whose its personal values are.
template <class E>
consteval void require_subject() {
    if constexpr (holds_personal<E>) {
        static_assert(!holds_unowned_personal<E>,
                      "varve: an event with a varve::Personal field says whose it is: std::string subject() const");
    }
}

/// Calls f for every Personal inside of the object that can be changed in place.
template <class T, class F>
void for_each_personal(T& object, F& f) {
    constexpr Form form = form_of<T>;
    if constexpr (!holds_personal<T>) {
        return;
    } else if constexpr (form == Form::personal) {
        f(object);
    } else if constexpr (form == Form::optional) {
        if (object) for_each_personal(*object, f);
    } else if constexpr (form == Form::sequence || form == Form::array) {
        for (auto& item : object) for_each_personal(item, f);
    } else if constexpr (form == Form::map) {
        for (auto& [key, item] : object) for_each_personal(item, f);
    } else if constexpr (form == Form::variant) {
        std::visit([&f](auto& item) { for_each_personal(item, f); }, object);
    } else if constexpr (form == Form::tuple) {
        std::apply([&f](auto&... item) { (for_each_personal(item, f), ...); }, object);
    } else if constexpr (form == Form::structure) {
        reflect::for_each_field(object, [&f](std::string_view, auto& field) { for_each_personal(field, f); });
    }
}

}  // namespace varve::detail
