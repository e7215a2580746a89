/// What stands inside a folder engine and is always the same in production; simulation chooses it otherwise.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "index/home.hpp"
#include "varve/limits.hpp"

namespace varve::engine {

/// Thresholds, in events. Small ones let a simulated store of a hundred events reach what a real one of millions does.
struct Sizes {
    /// Events beyond the index that an opening leaves to the background; more than these are indexed at once.
    std::uint64_t open_lag_max = 64 << 10;
    /// How far the index may lag before appends wait for it: bounds the memory of the stream table.
    std::uint64_t index_lag_max = 512 << 10;
    /// An index batch aims at so many: enough to make one row of many events of a stream, small enough to stay in
    /// cache.
    std::size_t index_batch = 16 << 10;
    /// Lag at which a busy writer wakes the indexer; a quiet one leaves it to the period.
    std::uint64_t index_wake_lag = 8 << 10;
    /// Heads of streams kept in memory: about 200 bytes each. Room for the streams of the largest commit, twice.
    std::size_t table_capacity = 256 << 10;
    /// Events whose ids are known, at least.
    std::size_t known_events = limits::known_events;
};

static_assert(Sizes{}.table_capacity / 8 * 5 >= 2 * (limits::events_per_commit + limits::conditions_per_commit),
              "what StreamTable forgets at once");

struct Inside {
    std::shared_ptr<index::Home> index;  ///< null: RocksDB in the store's folder `index`
    Sizes sizes = {};
};

}  // namespace varve::engine
