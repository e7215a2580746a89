/// Inside the model: what a reader has to do with, by the names under which it is stored. Not meant to be included by
/// applications.
#pragma once

#include <array>
#include <span>

#include "varve/detail/described.hpp"

namespace varve::detail {

struct StoredNames {
    std::span<const StoredPart> events = {}, commands = {}, timers = {};
};

/// Every type of a list: varve::Events, Commands, Timers.
template <template <class...> class List, class... T>
std::span<const StoredPart> stored_parts(List<T...>) {
    static constexpr std::array<StoredPart, sizeof...(T)> parts{StoredPart{stored_name<T>(), &stored_type<T>}...};
    return parts;
}

}  // namespace varve::detail
