#include "model/backoff.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

namespace varve {

void back_off(int attempt, Deadline deadline) {
    using std::chrono::microseconds;
    static constexpr microseconds first{200};
    static constexpr microseconds longest{50'000};
    thread_local std::minstd_rand random{std::random_device{}()};
    const microseconds span = std::min<microseconds>(longest, first * (1 << std::min(attempt, 10)));
    const microseconds pause{std::uniform_int_distribution<microseconds::rep>(0, span.count())(random)};
    std::this_thread::sleep_until(std::min<Deadline>(deadline, std::chrono::steady_clock::now() + pause));
}

}  // namespace varve
