/// A moment of any system clock as a Timestamp.
#pragma once

#include <chrono>

#include "varve/types.hpp"

namespace varve::detail {

/// Rounded down. One that a Timestamp cannot hold, as `std::chrono::sys_days::max()` for "never", is the last or the first
/// that it can.
template <class Duration>
[[nodiscard]] Timestamp to_timestamp(std::chrono::sys_time<Duration> time) {
    const std::chrono::duration<double> seconds = time.time_since_epoch();
    const std::chrono::duration<double> beyond = Timestamp::duration::max();
    // Not the other way round, which would let NaN through.
    if (!(seconds < beyond)) return Timestamp::max();
    if (seconds <= -beyond) return Timestamp::min();
    return std::chrono::floor<Timestamp::duration>(time);
}

}  // namespace varve::detail
