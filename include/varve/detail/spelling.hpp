/// How the compiler spells types, fields and enumerators, read from its own function names at compile time.
/// Inside of varve/reflect.hpp; not meant to be included by applications.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <utility>

#include "varve/detail/shape.hpp"

namespace varve::reflect::detail {

#if defined(__clang__)
// The ghost below is never defined on purpose; clang must not complain in the user's files.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wunknown-warning-option"
#pragma clang diagnostic ignored "-Wundefined-var-template"
#pragma clang diagnostic ignored "-Wundefined-internal"
#pragma clang diagnostic ignored "-Wundefined-inline"
#endif

template <class T>
struct Box {
    T value;
};

/// Never defined: only addresses inside of it are named, and only at compile time.
template <class T>
extern const Box<T> ghost;

template <class P>
struct Pointer {
    P to;
};

// These answer `const char*`: a std::string_view would be spelled out in the name, too.

template <class T>
consteval const char* spell_type() {
    return __PRETTY_FUNCTION__;
}

template <auto... Values>
consteval const char* spell_values() {
    return __PRETTY_FUNCTION__;
}

consteval bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
}

/// The last identifier of a text.
consteval std::string_view last_word(std::string_view text) {
    while (!text.empty() && !is_word(text.back())) text.remove_suffix(1);
    std::size_t begin = text.size();
    while (begin > 0 && is_word(text[begin - 1])) --begin;
    return text.substr(begin);
}

/// What follows the last `::` outside of all brackets: template arguments and enclosing functions have their own.
consteval std::string_view unqualified(std::string_view text) {
    std::size_t begin = 0;
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '<' || c == '(' || c == '[' || c == '{') ++depth;
        if (c == '>' || c == ')' || c == ']' || c == '}') --depth;
        if (depth == 0 && c == ':') begin = i + 1;
    }
    return text.substr(begin);
}

/// `... [with T = shop::OrderPlaced]` of g++, `... [T = shop::OrderPlaced]` of clang.
template <class T>
consteval std::string_view find_type_name() {
    const std::string_view text = spell_type<T>();
    const std::size_t begin = text.find("T = ") + 4;
    return unqualified(text.substr(begin, text.size() - begin - 1));
}

/// What stands before the next comma outside of all brackets, with which the list then goes on.
consteval std::string_view take_first(std::string_view& list) {
    std::size_t end = 0;
    int depth = 0;
    for (; end < list.size() && (depth > 0 || list[end] != ','); ++end) {
        if (list[end] == '(' || list[end] == '<' || list[end] == '{' || list[end] == '[') ++depth;
        if (list[end] == ')' || list[end] == '>' || list[end] == '}' || list[end] == ']') --depth;
    }
    const std::string_view one = list.substr(0, end);
    list.remove_prefix(end < list.size() ? end + 2 : end);
    return one;
}

/// The values that spell_values spells: `{a, b}` of g++, `<a, b>` of clang, without the brackets.
consteval std::string_view spelled_values(std::string_view text) {
    text.remove_prefix(text.find("Values = ") + 10);
    text.remove_suffix(2);
    return text;
}

template <std::size_t N>
consteval std::array<std::string_view, N> last_words(std::string_view list) {
    std::array<std::string_view, N> words;
    for (std::string_view& word : words) word = last_word(take_first(list));
    return words;
}

/// All fields in one name: a function for each of them would take the compiler several times as long.
template <class T>
consteval auto find_field_names() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        constexpr auto fields = Apart<sizeof...(I)>::tie(ghost<T>.value);
        return last_words<sizeof...(I)>(spelled_values(spell_values<Pointer{&part<I>(fields)}...>()));
    }(std::make_index_sequence<count_values<T>()>{});
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

// Enumerators. -1..127 are tried; what has no enumerator is spelled as a cast: `(Colour)5`.

inline constexpr int enum_min = -1;
inline constexpr int enum_max = 127;

/// The enumerator at the front of `shop::Colour::red, (shop::Colour)1, ...`; empty for a cast. Moves on to the next.
consteval std::string_view next_enumerator(std::string_view& list) {
    const std::string_view one = take_first(list);
    const std::string_view name = last_word(one);
    const bool named = !name.empty() && !(name.front() >= '0' && name.front() <= '9') && one.back() == name.back();
    return named ? name : std::string_view();
}

using EnumNames = std::array<std::string_view, static_cast<std::size_t>(enum_max - enum_min + 1)>;

/// Reads the enumerators of First, First + 1 ... into `names`.
template <class E, int First, int... I>
consteval void spell_enumerators(EnumNames& names, std::integer_sequence<int, I...>) {
    std::string_view list = spelled_values(spell_values<static_cast<E>(First + I)...>());
    (..., (names[static_cast<std::size_t>(First + I - enum_min)] = next_enumerator(list)));
}

/// Names at [value - enum_min]; empty where there is no enumerator.
template <class E>
consteval EnumNames find_enum_names() {
    using Number = std::underlying_type_t<E>;
    EnumNames names{};
    constexpr bool fixed = requires { E{Number{}}; };
    static_assert(fixed, "varve: an enum needs a fixed type to have names; write `enum class`, or `enum Name : int`.");
    if constexpr (!fixed) {
        return names;
    } else if constexpr (std::is_same_v<Number, bool>) {
        spell_enumerators<E, 0>(names, std::make_integer_sequence<int, 2>{});
    } else if constexpr (std::is_signed_v<Number>) {
        spell_enumerators<E, enum_min>(names, std::make_integer_sequence<int, enum_max - enum_min + 1>{});
    } else {
        spell_enumerators<E, 0>(names, std::make_integer_sequence<int, enum_max + 1>{});
    }
    return names;
}

}  // namespace varve::reflect::detail
