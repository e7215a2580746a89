#include "base/forks.hpp"

#include <pthread.h>

#include <atomic>

namespace varve {
namespace {

std::atomic<std::uint32_t> forks = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

}  // namespace

std::uint32_t fork_generation() {
    [[maybe_unused]] static const int watched = pthread_atfork(nullptr, nullptr, [] { ++forks; });
    return forks.load(std::memory_order_relaxed);
}

}  // namespace varve
