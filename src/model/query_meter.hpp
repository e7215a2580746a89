/// How often a query was asked, how that went, and how long the answers took.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "varve/query.hpp"

namespace varve {

/// Counted by every thread that asks, without a lock.
class QueryMeter {
public:
    using Clock = std::chrono::steady_clock;

    /// An answer, or an error of the one who answers, and how long that took.
    void add(bool answered, std::chrono::nanoseconds took);
    /// An error before anybody was asked.
    void refused();
    void read(QueryStatus& into) const;

private:
    std::atomic<std::uint64_t> asked_ = 0;
    std::atomic<std::uint64_t> failed_ = 0;
    std::atomic<std::int64_t> total_ = 0;    ///< nanoseconds
    std::atomic<std::int64_t> slowest_ = 0;  ///< nanoseconds
};

}  // namespace varve
