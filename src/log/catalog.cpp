#include "log/catalog.hpp"

#include <algorithm>
#include <string>

#include "base/hash.hpp"

namespace varve::log {

const std::shared_ptr<Segment>& segment_of(const SegmentList& segments, Position position) {
    // A segment without events begins where the next one begins: the later one is meant.
    const auto after = std::ranges::upper_bound(segments, position, {}, [](const auto& s) { return s->first(); });
    return after == segments.begin() ? segments.front() : *std::prev(after);
}

const std::shared_ptr<Segment>& segment_of_block(const SegmentList& segments, std::uint64_t sequence) {
    const auto after =
        std::ranges::upper_bound(segments, sequence, {}, [](const auto& s) { return s->header().begin.sequence; });
    return after == segments.begin() ? segments.front() : *std::prev(after);
}

std::shared_ptr<const SegmentList> Catalog::segments() const {
    const std::lock_guard lock(list_mutex_);
    return list_;
}

void Catalog::set_segments(SegmentList segments) {
    const std::lock_guard lock(list_mutex_);
    replace(std::move(segments));
}

void Catalog::replace(SegmentList segments) {
    // Each rewriting draws another salt, which lies in the segment.
    std::uint64_t missing = 0;
    for (const auto& segment : segments) {
        if (segment->reduced()) missing = xxh3_64(std::to_string(segment->header().salt), missing) | 1;
    }
    if (missing != 0) compacted_.store(true, std::memory_order_release);
    list_ = std::make_shared<const SegmentList>(std::move(segments));
    missing_.store(missing, std::memory_order_release);
    version_.fetch_add(1, std::memory_order_release);
}

void Catalog::put(std::shared_ptr<Segment> segment) {
    const std::lock_guard lock(list_mutex_);
    SegmentList next = *list_;
    const auto same = std::ranges::find(next, segment->first(), [](const auto& s) { return s->first(); });
    if (same != next.end()) {
        *same = std::move(segment);
    } else {
        next.push_back(std::move(segment));
    }
    replace(std::move(next));
}

Checkpoint Catalog::end() const {
    const std::lock_guard lock(end_mutex_);
    return end_;
}

void Catalog::commit(const Checkpoint& end) {
    bool somebody = false;
    {
        const std::lock_guard lock(end_mutex_);
        end_ = end;
        committed_.store(end.head.next.value, std::memory_order_release);
        somebody = waiters_ != 0;
    }
    if (somebody) moved_.notify_all();
}

bool Catalog::wait(std::uint64_t sequence, std::chrono::steady_clock::time_point deadline) {
    std::unique_lock lock(end_mutex_);
    const std::uint64_t wakes = wakes_;
    ++waiters_;
    moved_.wait_until(lock, deadline, [&] { return end_.head.sequence > sequence || wakes_ != wakes; });
    --waiters_;
    return end_.head.sequence > sequence;
}

void Catalog::wake_waiters() {
    {
        const std::lock_guard lock(end_mutex_);
        ++wakes_;
    }
    moved_.notify_all();
}

}  // namespace varve::log
