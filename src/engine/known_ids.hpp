/// The ids of recent events and the command ids of their commits: kept as commits are admitted, and read from the end of
/// the log once after opening.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "engine/group.hpp"
#include "engine/id_window.hpp"
#include "engine/past.hpp"
#include "varve/result.hpp"

namespace varve::engine {

/// Reading the log goes on in any thread (`build`), and whoever needs the ids may help by building himself. Everything
/// else is guarded by the writer's lock.
class KnownIds {
public:
    /// `window`: how many events at least. `seed`: makes the hashes unlike those of other stores.
    KnownIds(std::shared_ptr<Past> past, std::size_t window, std::uint64_t seed);

    [[nodiscard]] std::uint64_t hash(const EventId& id) const;
    [[nodiscard]] std::uint64_t hash(std::string_view command_id) const;

    /// Reads the end of the log up to where it is now; does nothing once the ids are complete. Waits when another thread
    /// is at it. Without the writer's lock. Errors: what reading answers; `failed_precondition` after stop().
    Result<> build();
    /// A build under way ends soon, later ones at once. Any thread.
    void stop() { stopped_ = true; }

    // All below under the writer's lock.

    /// Are the ids complete, with those of the pending groups? Completes them when they are nearly so.
    Result<bool> ready(const Pending& pending);
    /// A commit is coming: its first ids will be added soon. What lies there is fetched meanwhile.
    void expect(std::span<const std::uint64_t> ids) const {
        if (!ready_) return;
        for (const std::uint64_t id : ids.first(std::min(ids.size(), ahead))) events_.prefetch_add(id);
    }
    /// A commit was placed: its events begin at `first`.
    void add(std::span<const std::uint64_t> ids, std::string_view command_id, Position first);
    /// The group was not written and never will be.
    void forget(const Group& group);

    /// f(event, position) for every event of a commit, by its place, and every position below `end` where it may lie.
    template <class F>
    void find_events(std::span<const std::uint64_t> ids, Position end, F&& f) const {
        for (std::size_t i = 0; i < ids.size(); ++i) {
            if (i + ahead < ids.size()) events_.prefetch_find(ids[i + ahead]);
            events_.find(ids[i], end, [&](Position position) { f(i, position); });
        }
    }
    /// f(position) for every commit that may have the command id, by its first event.
    template <class F>
    void find_command(std::string_view command_id, Position end, F&& f) const {
        commands_.find(hash(command_id), end, std::forward<F>(f));
    }

private:
    /// How many ids ahead the memory is fetched.
    static constexpr std::size_t ahead = 8;

    /// Reads what the log has beyond `reached_`. Requires building_.
    Result<> read_on();
    /// Adds a block's events, as records_ and commits_ say.
    void add_payload(std::string_view payload, Position first);
    void add_pending(const Group& group);

    const std::shared_ptr<Past> past_;
    const std::size_t window_;
    const std::uint64_t seed_;

    // While not ready, guarded by building_; then by the writer's lock.
    IdWindow events_;
    IdWindow commands_;
    bool ready_ = false;  ///< guarded by the writer's lock

    std::atomic<bool> stopped_ = false;
    std::mutex building_;
    // Guarded by building_:
    std::unique_ptr<log::BlockReader> reader_;
    Position reached_;       ///< behind the last event read
    bool complete_ = false;  ///< the windows are the writer's now: nothing is read any more
    std::vector<std::uint32_t> records_;
    std::vector<log::BlockCommit> commits_;
};

}  // namespace varve::engine
