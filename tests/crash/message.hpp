/// What a loaded process tells its watcher, through a pipe that outlives it.
#pragma once

#include <cstdint>

namespace varve::crash {

enum class Kind : std::uint64_t {
    opened,  ///< the store is open
    tries,   ///< commit `number` of `writer` is about to be appended
    acked,   ///< it was acknowledged, its first event at `position`
    seen,    ///< a subscription delivered the event at `position`, its data hashing to `number`
    failed   ///< something went wrong that a kill does not explain
};

/// Small enough to be written to a pipe in one piece.
struct Message {
    Kind kind;
    std::uint64_t writer = 0;
    std::uint64_t number = 0;
    std::uint64_t position = 0;
};

inline constexpr std::uint64_t writers = 4;

}  // namespace varve::crash
