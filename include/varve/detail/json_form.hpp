/// Which JSON form a C++ type has. Inside of varve/json.hpp; not meant to be included by applications.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "varve/json_value.hpp"
#include "varve/reflect.hpp"
#include "varve/types.hpp"

namespace varve {

/// The escape hatch for types that reflection refuses; varve/codec.hpp says how to specialise it.
template <class T>
struct codec;

/// See varve/personal.hpp.
template <class T>
class Personal;

namespace detail {

template <class T, template <class...> class Template>
inline constexpr bool is_a = false;
template <template <class...> class Template, class... Args>
inline constexpr bool is_a<Template<Args...>, Template> = true;

template <class T>
inline constexpr bool is_std_array = false;
template <class T, std::size_t N>
inline constexpr bool is_std_array<std::array<T, N>> = true;

template <class T>
concept Encodable = requires(const T& value) { codec<T>::encode(value); };

/// What codec<T> turns a T into.
template <class T>
using Encoded = std::remove_cvref_t<decltype(codec<T>::encode(std::declval<const T&>()))>;

template <class T>
concept Character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
                    std::same_as<T, char16_t> || std::same_as<T, char32_t>;

template <class T>
concept Map = requires(T& map, std::string_view key) {
    typename T::key_type;
    typename T::mapped_type;
    map.clear();
    map.size();
    map.begin();
};

template <class T>
concept Set =
    std::same_as<typename T::key_type, typename T::value_type> && requires(T& set, typename T::value_type item) {
        set.clear();
        set.insert(std::move(item));
    };

template <class T>
concept Sequence = requires(T& list, typename T::value_type item) {
    list.clear();
    list.push_back(std::move(item));
    list.begin();
};

enum class Form {
    coded,
    personal,
    json,
    boolean,
    character,
    integer,
    floating,
    enumeration,
    pointer,
    text,
    text_view,
    timestamp,
    duration,
    event_id,
    ordinal,
    optional,
    variant,
    array,
    tuple,
    map,
    set,
    sequence,
    structure,
    none,
};

template <class T>
consteval Form find_container_form() {
    if constexpr (Map<T>)
        return Form::map;
    else if constexpr (Set<T>)
        return Form::set;
    else if constexpr (Sequence<T>)
        return Form::sequence;
    else
        return Form::structure;
}

template <class T>
consteval Form find_form() {
    if constexpr (Encodable<T>)
        return Form::coded;
    else if constexpr (is_a<T, Personal>)
        return Form::personal;
    else if constexpr (std::is_same_v<T, bool>)
        return Form::boolean;
    else if constexpr (Character<T>)
        return Form::character;
    else if constexpr (std::is_integral_v<T>)
        return Form::integer;
    else if constexpr (std::is_floating_point_v<T>)
        return Form::floating;
    else if constexpr (std::is_enum_v<T>)
        return Form::enumeration;
    else if constexpr (std::is_pointer_v<T> || std::is_member_pointer_v<T> || std::is_null_pointer_v<T>)
        return Form::pointer;
    else if constexpr (!std::is_class_v<T>)
        return Form::none;
    else if constexpr (std::is_same_v<T, Json>)
        return Form::json;
    else if constexpr (std::is_same_v<T, std::string>)
        return Form::text;
    else if constexpr (std::is_same_v<T, std::string_view>)
        return Form::text_view;
    else if constexpr (std::is_same_v<T, Timestamp>)
        return Form::timestamp;
    else if constexpr (is_a<T, std::chrono::duration>)
        return Form::duration;
    else if constexpr (std::is_same_v<T, EventId>)
        return Form::event_id;
    else if constexpr (is_a<T, Ordinal>)
        return Form::ordinal;
    else if constexpr (is_a<T, std::optional>)
        return Form::optional;
    else if constexpr (is_a<T, std::variant>)
        return Form::variant;
    else if constexpr (is_std_array<T>)
        return Form::array;
    else if constexpr (is_a<T, std::pair> || is_a<T, std::tuple>)
        return Form::tuple;
    else if constexpr (requires { typename T::value_type; })
        return find_container_form<T>();
    else
        return Form::structure;
}

template <class T>
inline constexpr Form form_of = find_form<std::remove_cv_t<T>>();

/// One of its values is null: a std::optional of it would be read back as another one.
template <class T>
inline constexpr bool has_null = form_of<T> == Form::optional || form_of<T> == Form::json;

/// The name of a struct in stored data: its own `static constexpr std::string_view type`, else the struct's name. A
/// field called `type` is no such constant.
template <class T>
concept NamesItself =
    std::is_pointer_v<decltype(&T::type)> && std::is_convertible_v<decltype(*&T::type), std::string_view>;

/// A struct that says which version of itself it is: `static constexpr int version = 2;`. A field is no such constant.
template <class T>
concept HasVersion = std::is_pointer_v<decltype(&T::version)> && std::is_integral_v<std::decay_t<decltype(T::version)>>;

/// `Deposited.v2`, without a terminating zero.
template <class T>
consteval auto spell_versioned() {
    constexpr std::string_view name = reflect::type_name<T>();
    constexpr std::size_t digits = [] {
        std::size_t count = 1;
        for (auto rest = T::version; rest >= 10; rest /= 10) ++count;
        return count;
    }();
    std::array<char, name.size() + 2 + digits> text{};
    for (std::size_t i = 0; i < name.size(); ++i) text[i] = name[i];
    text[name.size()] = '.';
    text[name.size() + 1] = 'v';
    auto rest = T::version;
    for (std::size_t i = text.size(); i > name.size() + 2; --i, rest /= 10) {
        text[i - 1] = static_cast<char>('0' + rest % 10);
    }
    return text;
}

template <class T>
inline constexpr auto versioned_name = spell_versioned<T>();

template <class T>
[[nodiscard]] constexpr std::string_view stored_name() {
    if constexpr (NamesItself<T>) {
        static_assert(!std::string_view(T::type).empty(), "varve: the `type` of a struct must not be empty.");
        return T::type;
    } else if constexpr (HasVersion<T>) {
        static_assert(T::version >= 1, "varve: versions count from 1: static constexpr int version = 2;");
        if constexpr (T::version > 1) {
            return {versioned_name<T>.data(), versioned_name<T>.size()};
        } else {
            return reflect::type_name<T>();
        }
    } else {
        return reflect::type_name<T>();
    }
}

/// Whether all alternatives of a variant are structs of different names.
template <class... Alternatives>
consteval bool has_names(const std::variant<Alternatives...>*) {
    if constexpr ((... && (form_of<Alternatives> == Form::structure))) {
        constexpr std::array<std::string_view, sizeof...(Alternatives)> names{stored_name<Alternatives>()...};
        for (std::size_t i = 0; i < names.size(); ++i) {
            for (std::size_t k = 0; k < i; ++k) {
                if (names[i] == names[k]) return false;
            }
        }
        return true;
    } else {
        return false;
    }
}

}  // namespace detail
}  // namespace varve
