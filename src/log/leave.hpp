/// What a compaction leaves of an event, and who says so.
#pragma once

#include <cstdint>
#include <functional>

#include "varve/event.hpp"
#include "varve/result.hpp"

namespace varve::log {

enum class Leave : std::uint8_t {
    all,
    place,   ///< a hollow record, which tells position, stream, revision and id
    nothing  ///< and no trace of it
};

/// Asked of an event. An error ends the work.
using Judge = std::function<Result<Leave>(const Event&)>;

}  // namespace varve::log
