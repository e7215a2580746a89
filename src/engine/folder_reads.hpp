/// The reading half of a folder engine: what an opening for writing and one for reading have in common.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/forks.hpp"
#include "engine/catalog.hpp"
#include "engine/committed_head.hpp"
#include "io/environment.hpp"
#include "log/segment_log.hpp"
#include "varve/engine.hpp"

namespace varve::engine {

class FolderReads : public Engine {
public:
    Result<std::unique_ptr<EventSource>> read(const Selection& selection) final;
    Position head() const final { return head_.get(); }
    bool wait_beyond(Position position, Deadline deadline) final;
    void wake_waiters() final { head_.wake(); }
    Result<Position> position_at(Timestamp time) final;
    Result<std::vector<StreamInfo>> streams(std::string_view prefix, std::string_view after, std::size_t limit) final;
    Result<std::optional<StreamInfo>> stream(std::string_view name) final;
    Result<StreamRetention> retention(std::string_view stream) final;
    Result<StoreInfo> info() final;
    Result<CompactReport> compact(const CompactOptions& options) final;
    bool closed() const final { return closed_.load() || forked(); }

protected:
    FolderReads(std::string folder, Durability durability, std::shared_ptr<log::SegmentLog> log,
                std::shared_ptr<Catalog> catalog, std::shared_ptr<io::Clock> clock);

    [[nodiscard]] Error closed_error() const;
    /// Compactions of this opening that removed events.
    [[nodiscard]] std::uint64_t compactions() const { return compactions_.load(std::memory_order_acquire); }
    /// Refuses further calls; true for the first caller.
    bool begin_close() { return !forked() && !closed_.exchange(true); }

    const std::string folder_;
    const Durability durability_;
    const std::shared_ptr<log::SegmentLog> log_;
    const std::shared_ptr<Catalog> catalog_;
    const std::shared_ptr<io::Clock> clock_;
    CommittedHead head_;

private:
    /// A stream by its events and settings below `end`.
    struct Stream {
        StreamHead head;  ///< `last` is the last below `end`
        std::shared_ptr<const Ruling> ruling;
        [[nodiscard]] store::Standing standing() const { return standing_of(head.last, ruling.get()); }
    };
    [[nodiscard]] Result<Stream> stream_below(std::string_view name, Position end);
    /// The first revision from `from` on that no compaction has taken, of those that a read shows; beyond the last when
    /// there is none.
    [[nodiscard]] Result<Revision> first_there(std::string_view name, Revision from, Position end);
    /// True in a child of the process that opened the store: threads, locks and index are the parent's.
    [[nodiscard]] bool forked() const { return fork_generation() != born_; }

    std::atomic<bool> closed_ = false;
    std::atomic<std::uint64_t> compactions_ = 0;
    const std::uint32_t born_ = fork_generation();
};

}  // namespace varve::engine
