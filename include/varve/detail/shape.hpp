/// What a struct looks like from outside: how many fields it has, and why it cannot be taken apart if it cannot.
/// Inside of varve/reflect.hpp; not meant to be included by applications.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <type_traits>
#include <utility>

#include "varve/detail/apart.hpp"

namespace varve::reflect::detail {

/// Stands for a field of any type in `T{Any{}, Any{}}`; never called. The conversion must be const (or `std::optional`
/// becomes ambiguous), and defined (or clang stops at a `std::optional` of a type in an anonymous namespace).
struct Any {
    template <class U>
    operator U() const {  // NOLINT(google-explicit-constructor)
        std::abort();
    }
};

/// Stands for a base class of T, and for nothing else.
template <class T>
struct AnyBase {
    template <class U>
        requires(std::is_base_of_v<U, T> && !std::is_same_v<U, T>)
    operator U() const;  // NOLINT(google-explicit-constructor)
};

template <std::size_t>
using AnyAt = Any;

template <class T, std::size_t... I>
consteval bool takes(std::index_sequence<I...>) {
    return requires { T{AnyAt<I>{}...}; };
}

/// The numbers of values that `T{...}` takes form one interval (its lower end lies after the last field that
/// must be given); this is its upper end, or `none_taken`. Larger numbers than fields_max + 1 are not told apart.
inline constexpr std::size_t none_taken = static_cast<std::size_t>(-1);

template <class T, std::size_t N = 0, bool Found = false>
consteval std::size_t count_values() {
    if constexpr (N > fields_max + 1) {
        return Found ? N - 1 : none_taken;
    } else if constexpr (takes<T>(std::make_index_sequence<N>{})) {
        return count_values<T, N + 1, true>();
    } else if constexpr (Found) {
        return N - 1;
    } else {
        return count_values<T, N + 1, false>();
    }
}

template <class T, std::size_t... I>
consteval bool takes_base(std::index_sequence<I...>) {
    return requires { T{AnyBase<T>{}, AnyAt<I>{}...}; };
}

/// Whether `{}` may stand for the value at place At alone: never for the first value of an array of several.
template <class T, std::size_t N, std::size_t At>
consteval bool takes_empty_braces() {
    return
        []<std::size_t... Before, std::size_t... After>(std::index_sequence<Before...>, std::index_sequence<After...>) {
            return requires { T{AnyAt<Before>{}..., {}, AnyAt<After>{}...}; };
        }(std::make_index_sequence<At>{}, std::make_index_sequence<N - At - 1>{});
}

/// Whether the value at place At begins an array of Size elements: braces around Size values leave room for exactly
/// the rest.
template <class T, std::size_t N, std::size_t At, std::size_t Size>
consteval bool is_array_of() {
    return []<std::size_t... Before, std::size_t... In, std::size_t... After>(
               std::index_sequence<Before...>, std::index_sequence<In...>, std::index_sequence<After...>) {
        return requires { T{AnyAt<Before>{}..., {AnyAt<In>{}...}, AnyAt<After>{}...}; } &&
               !requires { T{AnyAt<Before>{}..., {AnyAt<In>{}...}, AnyAt<After>{}..., Any{}}; };
    }(std::make_index_sequence<At>{}, std::make_index_sequence<Size>{}, std::make_index_sequence<N - At - Size>{});
}

/// Whether an array of several elements begins at place At. The second, slow question is only asked of fields
/// without a default constructor.
template <class T, std::size_t N, std::size_t At>
consteval bool begins_array() {
    if constexpr (takes_empty_braces<T, N, At>()) {
        return false;
    } else {
        return []<std::size_t... I>(std::index_sequence<I...>) {
            return (... || is_array_of<T, N, At, I + 2>());
        }(std::make_index_sequence<N - At - 1>{});
    }
}

template <class T, std::size_t N>
consteval bool has_array() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return (... || begins_array<T, N, I>());
    }(std::make_index_sequence<N>{});
}

template <class... Fields>
consteval bool has_reference(const Tied<Fields...>*) {
    return (... || std::is_reference_v<Fields>);
}

template <class... Fields>
consteval bool has_array_of_one(const Tied<Fields...>*) {
    return (... || std::is_array_v<Fields>);
}

/// Why a type cannot be taken apart.
enum class Refusal { none, no_class, polymorphic, no_aggregate, too_many, unknown_field, base, array, reference };

template <class T>
consteval Refusal find_refusal() {
    if constexpr (!std::is_class_v<T>) {
        return Refusal::no_class;
    } else if constexpr (std::is_polymorphic_v<T>) {
        return Refusal::polymorphic;
    } else if constexpr (!std::is_aggregate_v<T>) {
        return Refusal::no_aggregate;
    } else {
        constexpr std::size_t count = count_values<T>();
        if constexpr (count == none_taken) {
            return Refusal::unknown_field;
        } else if constexpr (count > fields_max) {
            return Refusal::too_many;
        } else if constexpr (count == 0) {
            return Refusal::none;
        } else if constexpr (takes_base<T>(std::make_index_sequence<count - 1>{})) {
            return Refusal::base;
        } else if constexpr (has_array<T, count>()) {
            return Refusal::array;
        } else {
            using Fields = decltype(Apart<count>::tie(std::declval<T&>()));
            constexpr const Fields* fields = nullptr;
            return has_reference(fields)      ? Refusal::reference
                   : has_array_of_one(fields) ? Refusal::array
                                              : Refusal::none;
        }
    }
}

template <class T>
inline constexpr Refusal refusal_of = find_refusal<T>();

/// Stops the build with one sentence when T cannot be taken apart.
template <class T>
consteval bool require_aggregate() {
    constexpr Refusal refusal = refusal_of<T>;
    static_assert(refusal != Refusal::no_class, "varve: only a struct has fields; this type is something else.");
    static_assert(refusal != Refusal::polymorphic,
                  "varve: a struct with virtual functions cannot be taken apart; make it a plain struct, or specialise "
                  "varve::codec for it.");
    static_assert(
        refusal != Refusal::no_aggregate,
        "varve: a struct with private members, constructors or virtual bases cannot be taken apart; make it a "
        "plain struct, or specialise varve::codec for it.");
    static_assert(refusal != Refusal::too_many,
                  "varve: a struct of more than 32 fields cannot be taken apart; group some of them in a struct of "
                  "their own.");
    static_assert(refusal != Refusal::unknown_field,
                  "varve: a field is a reference or of a type that cannot be recognised; hold a value, or specialise "
                  "varve::codec for the struct.");
    static_assert(refusal != Refusal::base,
                  "varve: a struct with a base class cannot be taken apart; make the base a field, or specialise "
                  "varve::codec for it.");
    static_assert(refusal != Refusal::array, "varve: a field is a C array; use std::array.");
    static_assert(refusal != Refusal::reference, "varve: a field is a reference; hold a value.");
    return refusal == Refusal::none;
}

}  // namespace varve::reflect::detail
