/// The keys that a projection has set aside, and what of that is on record.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "varve/detail/projection_type.hpp"
#include "varve/projection_status.hpp"

namespace varve {

/// What an event's trouble is blamed on, where this partition applies it: the key that the projection's `partition` says,
/// else its stream.
[[nodiscard]] std::string blamed_key(const detail::ProjectionType& type, const Event& event, const Partition& mine);

/// Changed by whoever holds the projection's rows, looked at by anybody.
class Quarantine {
public:
    /// What was found on record, before anybody looks.
    void load(std::vector<QuarantinedKey> found);

    /// Without a lock, for every event.
    [[nodiscard]] bool empty() const { return size_.load(std::memory_order_relaxed) == 0; }
    [[nodiscard]] std::size_t size() const { return size_.load(std::memory_order_relaxed); }
    [[nodiscard]] bool holds(std::string_view key) const;
    [[nodiscard]] std::optional<QuarantinedKey> find(std::string_view key) const;
    [[nodiscard]] std::vector<QuarantinedKey> all() const;

    /// Adds it, or changes what is known of it.
    void put(QuarantinedKey key);
    void release(std::string_view key);

    /// An event of this key passed by in the batch at hand.
    void miss(std::string_view key);
    /// The keys that the batch at hand changed, as they will be when it is committed.
    [[nodiscard]] std::vector<QuarantinedKey> changed() const;
    void batch_committed();
    /// Its events will pass by again.
    void batch_abandoned();

private:
    using Keys = std::map<std::string, QuarantinedKey, std::less<>>;

    mutable std::mutex mutex_;
    Keys keys_;
    std::set<std::string, std::less<>> unwritten_;              ///< of keys_, also when a batch was abandoned
    std::map<std::string, std::uint64_t, std::less<>> missed_;  ///< in the batch at hand
    std::atomic<std::size_t> size_ = 0;
};

}  // namespace varve
