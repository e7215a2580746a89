#include "model/backoff.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>

namespace varve {

using std::chrono::microseconds;

microseconds backoff_span(int attempt, microseconds first, microseconds longest) {
    return std::min(longest, std::min(first, longest) * (1 << std::clamp(attempt, 0, 10)));
}

void back_off(int attempt, Deadline deadline, const std::stop_token& cancel) {
    static constexpr microseconds first{200};
    static constexpr microseconds longest{50'000};
    thread_local std::minstd_rand random{std::random_device{}()};
    const microseconds span = backoff_span(attempt, first, longest);
    const microseconds pause{std::uniform_int_distribution<microseconds::rep>(0, span.count())(random)};
    const Deadline until = std::min<Deadline>(deadline, std::chrono::steady_clock::now() + pause);
    if (!cancel.stop_possible()) return std::this_thread::sleep_until(until);
    std::mutex mutex;
    std::unique_lock lock(mutex);
    std::condition_variable_any().wait_until(lock, cancel, until, [] { return false; });
}

}  // namespace varve
