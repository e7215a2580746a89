/// How long a writer that came second waits before it tries again.
#pragma once

#include "varve/engine.hpp"

namespace varve {

/// Sleeps a random part of a span that doubles with each attempt (from 0.2 ms up to 50 ms), never beyond the
/// deadline. Random, so that writers which met once do not meet again.
void back_off(int attempt, Deadline deadline);

}  // namespace varve
