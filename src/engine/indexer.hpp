/// Carries committed events from the log into the index, in the background, a good batch at a time.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/catalog.hpp"
#include "engine/inside.hpp"
#include "index/index.hpp"
#include "io/environment.hpp"
#include "log/log.hpp"
#include "varve/result.hpp"

namespace varve::engine {

class Indexer {
public:
    /// `moved` is called after each step with its outcome, from the indexer's thread. `watermark`: where the index stands, with the id
    /// of the log's store.
    Indexer(std::shared_ptr<log::Log> log, std::shared_ptr<Catalog> catalog, index::Watermark watermark,
            std::function<void(const Result<>&)> moved, const Sizes& sizes = {});
    ~Indexer();
    Indexer(const Indexer&) = delete;
    Indexer& operator=(const Indexer&) = delete;

    /// Indexes in the caller's thread until at most `lag` committed events are left. Before start().
    Result<> catch_up(std::uint64_t lag);
    /// Starts indexing in the background.
    void start(io::Executor& executor);
    /// There is this much in the log now: wakes the indexer when it is worth it.
    void committed(Position head);
    /// Stops the background work, then indexes all that is committed. Idempotent.
    Result<> finish();

    [[nodiscard]] index::Watermark watermark() const;
    /// Why the index stands still for good; nothing while it works, or waits for room on the disk. Events are safe in the log: reopening rebuilds the index.
    [[nodiscard]] std::optional<Error> failure() const;

private:
    /// Indexes up to a batch; false when there was nothing to do.
    Result<bool> step();
    void run();

    const Sizes sizes_;
    const std::shared_ptr<log::Log> log_;
    const std::shared_ptr<Catalog> catalog_;
    const std::function<void(const Result<>&)> moved_;

    mutable std::mutex mutex_;
    // Guarded by mutex_:
    index::Watermark watermark_;
    std::unique_ptr<log::BlockReader> reader_;
    std::optional<Error> failure_;

    std::unique_ptr<io::Task> task_;
};

}  // namespace varve::engine
