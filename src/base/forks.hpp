/// Whether this process is still the one that it was.
#pragma once

#include <cstdint>

namespace varve {

/// How often this process and its ancestors were forked since the first call of this function: a forked child
/// answers another number than its parent. Threads and locks of the parent are not the child's. Cheap; any thread.
[[nodiscard]] std::uint32_t fork_generation();

}  // namespace varve
