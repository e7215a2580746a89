/// The engine behind `memory:`: plain and obviously right, the model that other engines are compared with.
#pragma once

#include <memory>

#include "io/environment.hpp"
#include "varve/engine.hpp"

namespace varve::memory {

/// An empty store, gone with its last handle; receipts say `volatile`. Commits are stamped by the clock.
/// Pipelined appends are done, and completed, in the caller's own thread before `append` returns (one made inside
/// a completion: when that completion has returned).
[[nodiscard]] std::shared_ptr<Engine> memory_engine(std::shared_ptr<io::Clock> clock);

}  // namespace varve::memory
