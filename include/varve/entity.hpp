/// An entity as it is, or as it was: `bank.load<Account>("a1", varve::as_of(yesterday_noon))`.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "varve/detail/moment.hpp"
#include "varve/types.hpp"

namespace varve {

/// A place in the past, inclusive: what had happened up to and with it. Default: now.
struct AsOf {
    std::variant<std::monostate, Revision, Position, Timestamp> place = {};
};

/// After the event with this revision (of the entity's own stream).
[[nodiscard]] inline AsOf as_of(Revision revision) {
    return {revision};
}
/// After the event at this position (of the whole store).
[[nodiscard]] inline AsOf as_of(Position position) {
    return {position};
}
/// After everything committed at or before this moment; any system clock's time will do.
template <class Duration>
[[nodiscard]] AsOf as_of(std::chrono::sys_time<Duration> time) {
    return {detail::to_timestamp(time)};
}

/// A state with its place: `entity->cents`, `entity.revision`.
template <class S>
struct Entity {
    std::string stream;                     ///< e.g. `account-a1`
    S state = {};                           ///< the fold; the default state when nothing has happened
    std::optional<Revision> revision = {};  ///< of the last event folded; nothing for a state with `facts`
    std::optional<Position> position = {};  ///< of the last event folded; nothing: it did not exist (yet)

    [[nodiscard]] bool exists() const { return position.has_value(); }
    const S& operator*() const { return state; }
    const S* operator->() const { return &state; }
};

}  // namespace varve
