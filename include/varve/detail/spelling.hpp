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

// These are walked over once for every struct that is compiled, so they use bare loops: calls cost a compiler ten times
// as much as the characters do.

enum class Sign : unsigned char { other, word, opening, closing };

inline constexpr auto signs = [] {
    std::array<Sign, 256> table{};
    for (std::size_t c = 0; c < table.size(); ++c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || c >= 0x80;
        if (letter || (c >= '0' && c <= '9')) table[c] = Sign::word;
    }
    for (const char c : {'<', '(', '[', '{'}) table[static_cast<unsigned char>(c)] = Sign::opening;
    for (const char c : {'>', ')', ']', '}'}) table[static_cast<unsigned char>(c)] = Sign::closing;
    return table;
}();

/// What stands before a type in its spelling, which is the same for all of them.
inline constexpr std::size_t before_type = std::string_view(spell_type<int>()).find("T = ") + 4;

/// What follows the last `::` outside of all brackets: template arguments and enclosing functions have their own.
/// `... [with T = shop::OrderPlaced]` of g++, `... [T = shop::OrderPlaced]` of clang.
template <class T>
consteval std::string_view find_type_name() {
    const char* const text = spell_type<T>();
    const char* const end = text + __builtin_strlen(text) - 1;
    const char* begin = end;
    int depth = 0;
    while (begin != text + before_type) {
        const Sign sign = signs[static_cast<unsigned char>(begin[-1])];
        if (sign == Sign::closing) ++depth;
        if (sign == Sign::opening) --depth;
        if (depth == 0 && begin[-1] == ':') break;
        --begin;
    }
    return {begin, static_cast<std::size_t>(end - begin)};
}

/// One of a list of spelled values.
struct SpelledValue {
    std::string_view word;  ///< the last identifier in it
    bool ends_with_word;
};

/// Reads what stands before the next comma outside of all brackets, and moves on behind it.
consteval SpelledValue next_value(const char*& at, const char* end) {
    const char* word = at;
    const char* word_end = at;
    bool in_word = false;
    int depth = 0;
    for (; at != end; ++at) {
        const Sign sign = signs[static_cast<unsigned char>(*at)];
        if (sign == Sign::word) {
            if (!in_word) word = at;
            word_end = at + 1;
        }
        in_word = sign == Sign::word;
        if (sign == Sign::opening) ++depth;
        if (sign == Sign::closing) --depth;
        if (depth == 0 && *at == ',') break;
    }
    const SpelledValue value{{word, static_cast<std::size_t>(word_end - word)}, word_end == at};
    if (at != end) at += 2;
    return value;
}

/// The values that spell_values spells: `{a, b}` of g++, `<a, b>` of clang, without the brackets.
struct SpelledValues {
    consteval explicit SpelledValues(const char* text)
        : at(text + std::string_view(spell_values<0>()).find("Values = ") + 10),
          end(text + __builtin_strlen(text) - 2) {}
    const char* at;
    const char* end;
};

template <std::size_t N>
consteval std::array<std::string_view, N> last_words(SpelledValues values) {
    std::array<std::string_view, N> words;
    for (std::string_view& word : words) word = next_value(values.at, values.end).word;
    return words;
}

/// All fields in one name: a function for each of them would take the compiler several times as long.
template <class T>
consteval auto find_field_names() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        constexpr auto fields = Apart<sizeof...(I)>::tie(ghost<T>.value);
        return last_words<sizeof...(I)>(SpelledValues(spell_values<Pointer{&part<I>(fields)}...>()));
    }(std::make_index_sequence<count_values<T>()>{});
}

#if defined(__clang__)
#pragma clang diagnostic pop
#endif

// Enumerators. -1..127 are tried; what has no enumerator is spelled as a cast: `(Colour)5`.

inline constexpr int enum_min = -1;
inline constexpr int enum_max = 127;

using EnumNames = std::array<std::string_view, static_cast<std::size_t>(enum_max - enum_min + 1)>;

/// Reads the enumerators of First, First + 1 ... into `names`.
template <class E, int First, int... I>
consteval void spell_enumerators(EnumNames& names, std::integer_sequence<int, I...>) {
    SpelledValues values(spell_values<static_cast<E>(First + I)...>());
    for (std::size_t i = static_cast<std::size_t>(First - enum_min); i < names.size() && values.at != values.end; ++i) {
        const SpelledValue value = next_value(values.at, values.end);
        const bool named = value.ends_with_word && !(value.word.front() >= '0' && value.word.front() <= '9');
        if (named) names[i] = value.word;
    }
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
