/// Where the records of a growing segment lie: one u32 an event, read by many threads while one thread adds.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace varve::log {

/// Grows in chunks that never move. A reader may ask for what was added before something it has seen published
/// (Catalog::committed); that publication is what orders the two threads, the table itself has no lock.
class OffsetTable {
public:
    /// `events_max`: it never has to hold more.
    explicit OffsetTable(std::uint64_t events_max) : chunks_(events_max / chunk_events + 1) {}

    /// False when it is full.
    [[nodiscard]] bool push(std::uint32_t offset) {
        const std::uint64_t chunk = size_ / chunk_events;
        if (chunk == chunks_.size()) return false;
        if (!chunks_[chunk]) chunks_[chunk] = std::make_unique_for_overwrite<std::uint32_t[]>(chunk_events);
        chunks_[chunk][size_++ % chunk_events] = offset;
        return true;
    }
    /// How many were added: for the thread that adds.
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] std::uint32_t at(std::uint64_t event) const {
        return chunks_[event / chunk_events][event % chunk_events];
    }

private:
    static constexpr std::uint64_t chunk_events = 1 << 14;

    std::vector<std::unique_ptr<std::uint32_t[]>> chunks_;
    std::uint64_t size_ = 0;
};

}  // namespace varve::log
