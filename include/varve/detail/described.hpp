/// Makes the description of a C++ type (varve/detail/stored_type.hpp), and answers from it what can be stored. Asking never
/// stops the build. Inside of varve/json.hpp; not meant to be included by applications.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "varve/detail/json_form.hpp"
#include "varve/detail/json_read.hpp"
#include "varve/detail/json_write.hpp"
#include "varve/detail/stored_type.hpp"
#include "varve/detail/subject.hpp"
#include "varve/reflect.hpp"

namespace varve::detail {

template <class T, class... Fields>
consteval auto record_parts(const reflect::detail::Tied<Fields...>*) {
    std::size_t at = 0;
    return std::array<StoredPart, sizeof...(Fields)>{StoredPart{
        reflect::field_names<T>()[at++], &stored_type<std::remove_cv_t<Fields>>, std::is_const_v<Fields>}...};
}

template <class... T>
consteval auto alternative_parts(const std::variant<T...>*) {
    return std::array{StoredPart{stored_name<T>(), &stored_type<T>}...};
}

template <class T>
consteval auto element_parts() {
    return []<std::size_t... I>(std::index_sequence<I...>) {
        return std::array<StoredPart, sizeof...(I)>{
            StoredPart{{}, &stored_type<std::remove_cv_t<std::tuple_element_t<I, T>>>}...};
    }(std::make_index_sequence<std::tuple_size_v<T>>{});
}

template <class T>
consteval auto find_parts() {
    if constexpr (form_of<T> == Form::structure) {
        using Fields = decltype(reflect::tie(std::declval<T&>()));
        return record_parts<T>(static_cast<const Fields*>(nullptr));
    } else if constexpr (form_of<T> == Form::variant) {
        return alternative_parts(static_cast<const T*>(nullptr));
    } else {
        return element_parts<T>();
    }
}

template <class T>
inline constexpr auto parts_of = find_parts<T>();

template <class T>
void put_fields(void* record, void** at) {
    reflect::tie(*static_cast<T*>(record)).addresses(at);
}

template <class T>
std::string subject_in(const void* record) {
    return subject_of(*static_cast<const T*>(record));
}

/// No two types have the same.
template <class T>
inline constexpr std::string_view spelling_of = reflect::detail::spell_type<T>();

template <class T>
consteval StoredType record_type() {
    StoredType type{.kind = StoredKind::record,
                    .name = reflect::type_name<T>(),
                    .parts = parts_of<T>,
                    .spelling = spelling_of<T>,
                    .writable = true,
                    .readable = true,
                    .write = &write_record,
                    .read = &read_record};
    if constexpr (reflect::field_count<T> > 0) type.fields = &put_fields<T>;
    if constexpr (HasSubject<T>) {
        type.owns = true;
        type.owner = stored_name<T>();
        type.subject = &subject_in<T>;
    }
    return type;
}

/// What is read into a list and the like is made first, from its default or by its codec.
template <class T>
inline constexpr bool is_made = form_of<T> == Form::coded || std::is_default_constructible_v<T>;

template <class T>
concept Decodable = requires(Encoded<T>&& stored) { codec<T>::decode(std::move(stored)); };

/// The type with its ways to be written and to be read; those only where they can be.
template <class T, bool readable = true>
consteval StoredType with_ways(StoredType type) {
    type.writable = true;
    type.write = &write_value<T>;
    if constexpr (readable) {
        type.readable = true;
        type.read = &read_value<T>;
    }
    return type;
}

template <class T, bool readable = true>
consteval StoredType holder_type(StoredKind kind, StoredTypeOf inner) {
    return with_ways<T, readable>({.kind = kind, .holds = true, .inner = inner});
}

template <class T>
consteval StoredType number_type() {
    constexpr Form form = form_of<T>;
    if constexpr (form == Form::integer) {
        constexpr int bits = std::numeric_limits<std::make_unsigned_t<T>>::digits;
        return with_ways<T>({.kind = StoredKind::integer, .bits = std::is_signed_v<T> ? -bits : bits});
    } else if constexpr (form == Form::ordinal) {
        return with_ways<T>({.kind = StoredKind::integer, .bits = 64});
    } else if constexpr (form == Form::duration) {
        return with_ways<T>({.kind = StoredKind::duration,
                             .holds = true,
                             .inner = &stored_type<typename T::rep>,
                             .numerator = T::period::num,
                             .denominator = T::period::den});
    } else {
        return with_ways<T>({.kind = StoredKind::floating, .bits = sizeof(T) == sizeof(float) ? 32 : 64});
    }
}

template <class... T>
consteval bool alternatives_made(const std::variant<T...>*) {
    return (is_made<T> && ...);
}

template <class T>
consteval StoredType list_type() {
    constexpr Form form = form_of<T>;
    if constexpr (form == Form::variant) {
        if constexpr (has_names(static_cast<const T*>(nullptr))) {
            return with_ways<T, alternatives_made(static_cast<const T*>(nullptr))>(
                {.kind = StoredKind::variant, .parts = parts_of<T>});
        } else {
            return {};
        }
    } else if constexpr (form == Form::array || form == Form::tuple) {
        return with_ways<T>({.kind = StoredKind::tuple, .parts = parts_of<T>});
    } else if constexpr (form == Form::map) {
        if constexpr (std::same_as<typename T::key_type, std::string>) {
            using Mapped = typename T::mapped_type;
            return holder_type<T, is_made<Mapped>>(StoredKind::map, &stored_type<Mapped>);
        } else {
            return {};
        }
    } else {
        using Item = typename T::value_type;
        return holder_type<T, is_made<Item>>(StoredKind::list, &stored_type<Item>);
    }
}

template <class T>
consteval StoredType make_stored_type() {
    constexpr Form form = form_of<T>;
    if constexpr (form == Form::character || form == Form::pointer || form == Form::none) {
        return {};
    } else if constexpr (form == Form::structure) {
        if constexpr (reflect::Aggregate<T>) {
            return record_type<T>();
        } else {
            return {};
        }
    } else if constexpr (form == Form::coded) {
        StoredType type = holder_type<T, Decodable<T>>(StoredKind::coded, &stored_type<Encoded<T>>);
        type.name = reflect::type_name<T>();
        return type;
    } else if constexpr (form == Form::boolean) {
        return with_ways<T>({.kind = StoredKind::boolean});
    } else if constexpr (form == Form::text) {
        return with_ways<T>({.kind = StoredKind::text});
    } else if constexpr (form == Form::text_view) {
        return with_ways<T, false>({.kind = StoredKind::text});
    } else if constexpr (form == Form::timestamp) {
        return with_ways<T>({.kind = StoredKind::time});
    } else if constexpr (form == Form::event_id) {
        return with_ways<T>({.kind = StoredKind::id});
    } else if constexpr (form == Form::json) {
        return with_ways<T>({.kind = StoredKind::json});
    } else if constexpr (form == Form::enumeration) {
        if constexpr (requires { T{std::underlying_type_t<T>{}}; }) {
            return with_ways<T>({.kind = StoredKind::enumeration, .enumerators = reflect::detail::enum_names_of<T>});
        } else {
            return {};
        }
    } else if constexpr (form == Form::optional) {
        using Item = typename T::value_type;
        if constexpr (has_null<Item>) {
            return {};
        } else {
            StoredType type = holder_type<T, is_made<Item>>(StoredKind::optional, &stored_type<Item>);
            type.reset = [](void* value) { static_cast<T*>(value)->reset(); };
            return type;
        }
    } else if constexpr (form == Form::personal) {
        using Item = typename T::value_type;
        return holder_type<T, is_made<Item>>(StoredKind::personal, &stored_type<Item>);
    } else if constexpr (form == Form::integer || form == Form::ordinal || form == Form::duration ||
                         form == Form::floating) {
        return number_type<T>();
    } else {
        return list_type<T>();
    }
}

template <class T>
inline constexpr StoredType stored_type_of = make_stored_type<T>();

template <class T>
constexpr const StoredType& stored_type() {
    return stored_type_of<T>;
}

/// What may be true of a type, or of something inside of it.
struct Storage {
    static constexpr unsigned unwritable = 1;
    static constexpr unsigned unreadable = 2;
    static constexpr unsigned personal = 4;
    static constexpr unsigned unowned = 8;  ///< personal, and no struct around it says whose
};

/// The types around the one that is looked at.
struct Around {
    const StoredType* type;
    const Around* further;
};

constexpr unsigned find_storage(const StoredType& type, const Around* around = nullptr) {
    for (const Around* at = around; at != nullptr; at = at->further) {
        if (!type.spelling.empty() && at->type->spelling == type.spelling) return 0;
    }
    const Around here{&type, around};
    unsigned found = type.kind == StoredKind::personal ? Storage::personal | Storage::unowned : 0;
    if (!type.writable) found |= Storage::unwritable;
    if (!type.readable) found |= Storage::unreadable;
    if (type.holds) found |= find_storage(type.inner(), &here);
    for (const StoredPart& part : type.parts) {
        found |= find_storage(part.type(), &here) | (part.constant ? Storage::unreadable : 0);
    }
    return type.owns ? found & ~Storage::unowned : found;
}

template <class T>
inline constexpr unsigned storage_of = find_storage(stored_type<std::remove_cv_t<T>>());

/// Can be written as JSON and read again.
template <class T>
inline constexpr bool storable = is_made<T> && (storage_of<T> & (Storage::unwritable | Storage::unreadable)) == 0;

template <class T>
inline constexpr bool holds_personal = (storage_of<T> & Storage::personal) != 0;

/// Holds a personal value of which no struct around it says whose it is.
template <class T>
inline constexpr bool holds_unowned_personal = (storage_of<T> & Storage::unowned) != 0;

}  // namespace varve::detail
