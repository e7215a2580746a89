/// Where the personal values of an object are. Inside of varve/personal.hpp; not meant to be included by applications.
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

#include "varve/detail/described.hpp"
#include "varve/detail/json_form.hpp"
#include "varve/detail/subject.hpp"
#include "varve/reflect.hpp"

namespace varve::detail {

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
