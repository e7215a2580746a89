/// References to all fields of an object. Inside of varve/reflect.hpp; not meant to be included by applications.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace varve::reflect::detail {

template <std::size_t I, class Field>
struct Part {
    Field& field;
};

template <class Places, class... Fields>
struct Parts;
template <std::size_t... I, class... Fields>
struct Parts<std::index_sequence<I...>, Fields...> : Part<I, Fields>... {
    constexpr explicit Parts(Fields&... fields) : Part<I, Fields>{fields}... {}
    /// Puts where the fields are into `at`, which has room for as many.
    void addresses(void** at) const {
        (...,
         (at[I] = const_cast<void*>(static_cast<const volatile void*>(__builtin_addressof(Part<I, Fields>::field)))));
    }
};

/// References to all fields of one object, with their types as declared (a reference stays visible as one). Much less for
/// a compiler to make than a std::tuple, and there is one for each struct.
template <class... Fields>
struct Tied : Parts<std::index_sequence_for<Fields...>, Fields...> {
    using Parts<std::index_sequence_for<Fields...>, Fields...>::Parts;
};

template <std::size_t I, class Field>
constexpr Field& part(const Part<I, Field>& one) {
    return one.field;
}
template <std::size_t I, class Field>
std::type_identity<Field> declared(const Part<I, Field>&);

}  // namespace varve::reflect::detail
