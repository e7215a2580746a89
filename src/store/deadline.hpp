/// A time limit as a deadline.
#pragma once

#include <chrono>

#include "varve/engine.hpp"

namespace varve::store {

/// `limit` after `now`; `Deadline::max()`, which waits for ever, when the clock does not reach so far. A negative
/// limit is over at once.
[[nodiscard]] constexpr Deadline deadline_after(Deadline now, std::chrono::milliseconds limit) {
    if (limit <= std::chrono::milliseconds(0)) return now;
    const auto reach = std::chrono::floor<std::chrono::milliseconds>(Deadline::max() - now);
    return limit < reach ? now + limit : Deadline::max();
}

[[nodiscard]] inline Deadline deadline_in(std::chrono::milliseconds limit) {
    return deadline_after(std::chrono::steady_clock::now(), limit);
}

}  // namespace varve::store
