/// What a loop has to do later, the earliest first.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "net/loop.hpp"

namespace varve::net {

/// Calls have deadlines of many seconds and end after microseconds: adding and cancelling cost next to nothing, and what is
/// cancelled is forgotten before it makes up more than half of the heap. One thread.
class Timers {
public:
    Loop::TimerId add(Clock::time_point time, Task task);
    /// One that has run, or is cancelled already, is left alone.
    void cancel(Loop::TimerId timer);
    /// When the first is due.
    [[nodiscard]] std::optional<Clock::time_point> next();
    /// Runs those that are due, by time, then in the order in which they were added. What they add waits for the next call.
    void run_due(Clock::time_point now);
    void clear();

    /// Places in the heap, taken or not yet given back.
    [[nodiscard]] std::size_t size() const { return heap_.size(); }

private:
    struct Slot {
        Task task;
        std::uint32_t generation = 1;
        bool live = false;
    };
    struct Entry {
        Clock::time_point time;
        std::uint64_t order;
        std::uint32_t slot;
        std::uint32_t generation;

        /// For a heap with the earliest on top.
        friend bool operator<(const Entry& a, const Entry& b) {
            return a.time != b.time ? a.time > b.time : a.order > b.order;
        }
    };

    [[nodiscard]] bool alive(const Entry& entry) const;
    void drop_dead_top();
    void give_back(std::uint32_t slot);
    void pop();

    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    std::vector<Entry> heap_;
    std::uint64_t order_ = 0;
    std::size_t dead_ = 0;
};

}  // namespace varve::net
