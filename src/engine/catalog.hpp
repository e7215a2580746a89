/// Where a stream's and a category's events are: the index, completed by what it does not hold yet.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "engine/stream_table.hpp"
#include "index/index.hpp"
#include "varve/result.hpp"

namespace varve::engine {

/// `data_loss`: the index lacks an event that the log has, which only damage to its files explains.
[[nodiscard]] Error index_misses(std::string_view stream, Revision revision);

/// Safe from any thread. Answers may hold positions that are not committed yet: the caller cuts at its head.
class Catalog {
public:
    Catalog(std::shared_ptr<index::Index> index, Position watermark, std::size_t table_capacity)
        : table_(table_capacity), index_(std::move(index)), watermark_(watermark.value) {}

    [[nodiscard]] StreamTable& table() { return table_; }

    /// Events below this are in the index.
    [[nodiscard]] Position watermark() const { return Position{watermark_.load(std::memory_order_acquire)}; }

    /// Adds entries to the index, moves the watermark, and lets the table forget them. One caller at a time.
    Result<> apply(std::span<const index::Entry> entries, const index::Watermark& watermark);

    /// Puts a newer opening of the same index in place.
    void replace_index(std::shared_ptr<index::Index> index, Position watermark);

    /// The stream's head, from the table or else from the index, then remembered.
    [[nodiscard]] Result<StreamHead> head(std::string_view stream);
    /// Positions of revisions [from, from + count) as far as they exist, ascending.
    [[nodiscard]] Result<std::vector<Position>> stream_positions(std::string_view stream, Revision from,
                                                                 std::uint64_t count) const;
    /// The first revision at or after a position; one past the last when there is none. `head`: the stream's.
    [[nodiscard]] Result<Revision> revision_at_or_after(std::string_view stream, const StreamHead& head,
                                                        Position position) const;
    /// Indexed positions of a category, as index::Index says; only those below watermark() as it was before the call.
    [[nodiscard]] Result<std::vector<Position>> category_positions_from(std::string_view category, Position from,
                                                                        std::uint64_t count) const;
    [[nodiscard]] Result<std::vector<Position>> category_positions_until(std::string_view category, Position until,
                                                                         std::uint64_t count) const;
    /// As Engine::streams, of events below `end`.
    [[nodiscard]] Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after,
                                                          std::size_t limit, Position end) const;

    /// Makes the index durable and lets go of it; later questions are `failed_precondition`.
    Result<> close();

private:
    [[nodiscard]] Result<std::shared_ptr<index::Index>> index() const;

    StreamTable table_;
    mutable std::mutex mutex_;
    std::shared_ptr<index::Index> index_;  ///< guarded by mutex_; nullptr after close
    std::atomic<std::uint64_t> watermark_;
};

}  // namespace varve::engine
