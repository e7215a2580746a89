#include "model/query_meter.hpp"

namespace varve {

void QueryMeter::add(bool answered, std::chrono::nanoseconds took) {
    const std::int64_t time = took.count();
    asked_.fetch_add(1, std::memory_order_relaxed);
    if (!answered) failed_.fetch_add(1, std::memory_order_relaxed);
    total_.fetch_add(time, std::memory_order_relaxed);
    std::int64_t slowest = slowest_.load(std::memory_order_relaxed);
    while (time > slowest && !slowest_.compare_exchange_weak(slowest, time, std::memory_order_relaxed)) continue;
}

void QueryMeter::refused() {
    asked_.fetch_add(1, std::memory_order_relaxed);
    failed_.fetch_add(1, std::memory_order_relaxed);
}

void QueryMeter::read(QueryStatus& into) const {
    // Before `asked`, so that no more have failed than were asked.
    into.failed = failed_.load(std::memory_order_relaxed);
    into.asked = asked_.load(std::memory_order_relaxed);
    into.total = std::chrono::nanoseconds(total_.load(std::memory_order_relaxed));
    into.slowest = std::chrono::nanoseconds(slowest_.load(std::memory_order_relaxed));
}

}  // namespace varve
