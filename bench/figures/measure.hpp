/// Running an operation on many threads for a while, and what came of it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>

#include "varve/result.hpp"

namespace varve::bench {

using Seconds = std::chrono::duration<double>;

/// Counts durations in buckets about 3 % wide, from a nanosecond to hours.
class Latencies {
public:
    void add(std::chrono::nanoseconds duration);
    void add(const Latencies& other);
    /// The duration that the given share (0.5: median) of all did not exceed, in microseconds; 0 without any.
    [[nodiscard]] double microseconds(double share) const;

private:
    static constexpr unsigned steps_bits = 5;  // 32 buckets for each power of two
    std::array<std::uint64_t, (64 - steps_bits + 1) << steps_bits> counts_{};
    std::uint64_t total_ = 0;
};

struct Limits {
    Seconds time;
    std::uint64_t operations;  ///< of all threads together, at most
};

struct Timed {
    std::uint64_t operations = 0;
    Seconds time{};
    Latencies latencies;
};

/// Runs operation(thread, i) with i = 0, 1, 2 ... on each of `threads` threads, until the time is over or the
/// operations are done. An error ends all threads and is the answer; so does an interrupt (`cancelled`).
[[nodiscard]] Result<Timed> run_threads(unsigned threads, const Limits& limits,
                                        const std::function<Result<>(unsigned thread, std::uint64_t i)>& operation);

}  // namespace varve::bench
