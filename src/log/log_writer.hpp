/// The writing side of a local log: frames into the active segment, and what has to be done around that in the
/// background (docs/internals/log.md, "Appending").
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include "io/environment.hpp"
#include "log/catalog.hpp"
#include "log/recovery.hpp"
#include "log/segment_files.hpp"
#include "log/segment_log.hpp"
#include "log/spare_segment.hpp"
#include "log/store_file.hpp"
#include "log/zeros_ahead.hpp"

namespace varve::log {

class LogWriter {
public:
    /// Goes on behind `recovered.end`. Shares what it publishes in `catalog`.
    static Result<std::unique_ptr<LogWriter>> start(const io::Environment& environment,
                                                    const SegmentLogOptions& options, const RecoveredLog& recovered,
                                                    std::shared_ptr<Catalog> catalog, std::unique_ptr<StoreFile> store);
    ~LogWriter();
    LogWriter(const LogWriter&) = delete;
    LogWriter& operator=(const LogWriter&) = delete;

    /// As Log::compare_and_append. One caller at a time.
    Result<> append(const Block& block);
    /// As Log::make_durable.
    Result<> make_durable(std::uint64_t sequence);
    /// Seals the segment that waits for it, if one does.
    Result<> seal_finished_now();
    /// Seals the segment that is being written, if there is a block in it, and begins the next. As append, one caller at
    /// a time.
    Result<> seal_tail();
    /// Gives a rewritten segment, which lies ready as rewriting_name, the place of the one that it was made of. Any thread.
    Result<> replace(const SegmentFile& made);
    /// Syncs, seals what waits for it, writes the last checkpoint. Once; no append may be under way.
    Result<> close();

private:
    LogWriter(const io::Environment& environment, const SegmentLogOptions& options, std::shared_ptr<Catalog> catalog,
              std::unique_ptr<StoreFile> store);

    /// A segment that is complete and waits for its footer.
    struct Finished {
        std::shared_ptr<Segment> segment;
        std::shared_ptr<io::File> file;
        Head end;
        std::uint64_t commits = 0;
        std::uint64_t epoch = 0;
    };

    // The appending thread.
    Result<> check(const Block& block);
    Result<> make_room(std::uint64_t bytes);
    Result<> begin_next_segment(std::uint64_t bytes);
    Result<> write(const Block& block);
    Result<> write_frame(const Block& block, std::uint64_t offset);
    void wake_background(std::uint64_t bytes);

    // The background, all under background_mutex_.
    void maintain();
    bool maintain_once();
    Result<> seal_finished();
    void checkpoint();
    Result<> write_checkpoint(bool clean);
    Result<> sync_to(const Head& head);
    [[nodiscard]] bool wants_spare() const;

    /// From now on nothing is written; answers `error` with that said.
    Error poison(Error error);
    [[nodiscard]] Error refusal() const;

    const io::Environment environment_;
    const SegmentLogOptions options_;
    const std::shared_ptr<Catalog> catalog_;
    const std::unique_ptr<StoreFile> store_;

    // The tail. Changed by the appending thread only, segment_ and its files under background_mutex_.
    std::shared_ptr<Segment> segment_;
    std::shared_ptr<io::File> file_;
    std::shared_ptr<ZerosAhead> zeros_;
    Checkpoint end_;
    std::uint64_t epoch_ = 0;
    std::vector<std::uint32_t> records_;
    std::string frame_;  ///< being put together
    std::atomic<std::uint64_t> synced_sequence_ = 0;

    mutable std::mutex poison_mutex_;
    std::atomic<bool> poisoned_ = false;
    std::string poison_;

    std::mutex background_mutex_;
    SpareSegment spare_;
    std::atomic<bool> spare_ready_ = false;
    std::optional<Finished> finished_;
    Checkpoint checkpointed_;
    std::unique_ptr<io::Task> maintenance_;
    std::unique_ptr<io::Task> checkpoints_;
};

}  // namespace varve::log
