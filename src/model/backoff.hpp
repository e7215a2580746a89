/// How long somebody waits before trying again: a writer that came second, a projection whose handler failed.
#pragma once

#include <chrono>
#include <stop_token>

#include "varve/engine.hpp"

namespace varve {

/// The span before attempt + 1: `first`, doubled with each attempt, at most `longest`.
[[nodiscard]] std::chrono::microseconds backoff_span(int attempt, std::chrono::microseconds first,
                                                     std::chrono::microseconds longest);

/// Sleeps a random part of a span that doubles with each attempt (from 0.2 ms up to 50 ms), never beyond the
/// deadline, and no longer than until it is cancelled. Random, so that writers which met once do not meet again.
void back_off(int attempt, Deadline deadline, const std::stop_token& cancel);

}  // namespace varve
