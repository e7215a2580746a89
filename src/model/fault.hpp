/// Whose fault an error is that a projection met, which says what to do about it.
#pragma once

#include <cstdint>
#include <string_view>

#include "varve/result.hpp"

namespace varve {

enum class Fault : std::uint8_t {
    event,  ///< this event's, with this handler: its key is to blame, and nobody else
    place,  ///< of the place where rows are kept, for now: wait, and do the same again
    model   ///< of the read model as a whole: nothing will go right before somebody mends it
};

/// The word that stands in Error::reason. An event's fault has none of its own.
[[nodiscard]] constexpr std::string_view reason_of(Fault fault) {
    switch (fault) {
        case Fault::place: return "projection.place";
        case Fault::model: return "projection.broken";
        case Fault::event: break;
    }
    return {};
}

[[nodiscard]] inline Fault fault_of(const Error& error) {
    if (error.reason == reason_of(Fault::place)) return Fault::place;
    return error.reason == reason_of(Fault::model) ? Fault::model : Fault::event;
}

}  // namespace varve
