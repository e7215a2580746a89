/// Calls without nesting: keeps completions that append again from growing the stack.
#pragma once

#include <functional>

namespace varve::memory {

/// Runs `work` now or, when this thread is inside another run_flat, right after the work before it has returned:
/// in the order of the calls. Nothing it runs may throw.
void run_flat(std::function<void()> work) noexcept;

}  // namespace varve::memory
