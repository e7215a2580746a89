/// Structs that say whose their personal values are. Inside of varve/personal.hpp; not meant to be included by
/// applications.
#pragma once

#include <concepts>
#include <string>
#include <string_view>
#include <type_traits>

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

}  // namespace varve::detail
