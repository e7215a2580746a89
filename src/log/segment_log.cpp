#include "log/segment_log.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>

#include "log/block_reader.hpp"
#include "log/catalog.hpp"
#include "log/log_follower.hpp"
#include "log/log_writer.hpp"
#include "log/recovery.hpp"
#include "log/store_folder.hpp"

namespace varve::log {
namespace {

constexpr std::uint64_t segment_bytes_min = 8 << 10;
constexpr std::uint64_t segment_bytes_limit = 1 << 30;

class FolderLog final : public SegmentLog {
public:
    FolderLog(const io::Environment& environment, io::Path folder, StoreState state, std::uint64_t epoch,
              std::shared_ptr<Catalog> catalog)
        : environment_(environment),
          folder_(std::move(folder)),
          state_(std::move(state)),
          epoch_(epoch),
          catalog_(std::move(catalog)) {}
    ~FolderLog() override { (void)FolderLog::close(); }

    void write_with(std::unique_ptr<LogWriter> writer, std::unique_ptr<io::FileLock> lock) {
        writer_ = std::move(writer);
        lock_ = std::move(lock);
    }
    void follow_with(std::unique_ptr<LogFollower> follower) { follower_ = std::move(follower); }

    Result<> compare_and_append(const Block& block) override {
        const std::lock_guard lock(write_mutex_);
        if (writer_) return writer_->append(block);
        return Error{.code = Code::failed_precondition,
                     .message = follower_ ? "the log was opened read only" : "the log was closed"};
    }
    Result<> make_durable(std::uint64_t sequence) override {
        std::unique_lock lock(write_mutex_);
        const auto writer = writer_;
        lock.unlock();
        return writer ? writer->make_durable(sequence) : Result<>();
    }
    Head head() const override { return catalog_->end().head; }
    Result<std::unique_ptr<BlockReader>> read(std::uint64_t sequence) override {
        return read_blocks(catalog_, sequence);
    }
    bool wait(std::uint64_t sequence, std::chrono::steady_clock::time_point deadline) override {
        return catalog_->wait(sequence, deadline);
    }

    std::uint64_t epoch() const override { return epoch_; }
    Result<Position> position_at(Timestamp time) const override;
    std::optional<Timestamp> first_time() const override;
    Result<std::uint64_t> sequence_of(Position position) const override {
        auto frame = frame_of(position);
        if (!frame) return std::move(frame).error();
        return frame->block.sequence;
    }
    std::vector<SegmentInfo> segments() const override;
    std::string id() const override { return to_string(state_.id); }
    std::uint32_t format() const override { return format_number; }
    std::uint64_t commits() const override { return catalog_->end().commits; }
    Result<bool> refresh() override {
        if (!follower_) return false;
        return follower_->refresh();
    }
    Result<CompactReport> compact(const CompactionRequest& request) override;
    bool compacted() const override { return catalog_->compacted(); }
    std::uint64_t missing() const override { return catalog_->missing(); }
    void wake_waiters() override { catalog_->wake_waiters(); }
    Result<> close() override;
    std::shared_ptr<const Catalog> catalog() const override { return catalog_; }

private:
    Result<FrameHeader> frame_of(Position position) const;
    Result<CompactReport> look_at_tail(const CompactionRequest& request);

    const io::Environment environment_;
    const io::Path folder_;
    const StoreState state_;
    const std::uint64_t epoch_;
    const std::shared_ptr<Catalog> catalog_;
    std::atomic<bool> closing_ = false;
    std::mutex compaction_mutex_;  ///< held by one; taken before write_mutex_
    std::mutex write_mutex_;
    std::shared_ptr<LogWriter> writer_;  ///< until closed; none when read only
    std::unique_ptr<io::FileLock> lock_;
    std::unique_ptr<LogFollower> follower_;  ///< read only
};

Result<FrameHeader> FolderLog::frame_of(Position position) const {
    if (position >= catalog_->committed()) {
        return Error{.code = Code::out_of_range,
                     .message = fmt::format("position {} is beyond the end of the log", position.value)};
    }
    const auto segments = catalog_->segments();
    return segment_of(*segments, position)->frame_of(position);
}

Result<Position> FolderLog::position_at(Timestamp time) const {
    // Commit times never go back, so the first later event is found by halving.
    Position below;
    Position above = catalog_->committed();
    while (below < above) {
        const Position middle = below + (above - below) / 2;
        const auto frame = frame_of(middle);
        if (!frame) return frame.error();
        // A whole block has one time: the search goes on before or behind it.
        const Position end = frame->block.first + frame->block.events;
        if (frame->block.time <= time) {
            below = std::min(end, above);
        } else {
            above = std::max(frame->block.first, below);
        }
    }
    return below;
}

std::optional<Timestamp> FolderLog::first_time() const {
    auto frame = frame_of(Position{});
    if (!frame) return {};
    return frame->block.time;
}

std::vector<SegmentInfo> FolderLog::segments() const {
    std::vector<SegmentInfo> infos;
    // Held by a name: a sealing may replace the list at any moment, and a temporary ends with the head of the loop.
    const auto segments = catalog_->segments();
    for (const auto& segment : *segments) {
        infos.push_back({.file = segment->name(),
                         .first = segment->first(),
                         .next = segment->next(),
                         .bytes = segment->file_bytes(),
                         .sealed = segment->is_sealed(),
                         .compressed = segment->header().packed()});
    }
    return infos;
}

/// Fewer bytes of the segment that is being written are not worth a segment of their own.
constexpr std::uint64_t worth_packing_bytes = 1 << 20;

/// What a compaction would remove from the segment that is being written, and from the one before it while that is not
/// sealed yet.
Result<CompactReport> FolderLog::look_at_tail(const CompactionRequest& request) {
    CompactReport report;
    EventReader reader(*this);
    const auto segments = catalog_->segments();
    for (const auto& segment : *segments) {
        if (segment->is_sealed()) continue;
        ++report.segments;
        report.bytes_before += segment->file_bytes();
        report.bytes_after += segment->file_bytes();
        if (!request.judge) continue;
        const std::uint64_t before = report.events;
        for (Position position = segment->first(); position < std::min(request.end, segment->next()); ++position) {
            const auto event = reader.at(position);
            if (!event) return event.error();
            if (*event == nullptr) continue;
            const auto leave = request.judge(**event);
            if (!leave) return leave.error();
            if (*leave == Leave::all) continue;
            ++report.events;
            report.bytes_after -= (*event)->data.size() + (*event)->metadata.size();
        }
        if (report.events > before) ++report.rewritten;
    }
    return report;
}

Result<CompactReport> FolderLog::compact(const CompactionRequest& request) {
    const std::lock_guard one(compaction_mutex_);
    const bool dry = request.options.dry_run;
    if (closing_ || (follower_ && !dry)) {
        return Error{.code = Code::failed_precondition,
                     .message = closing_ ? "the log was closed" : "the log was opened read only"};
    }
    CompactionRequest own = request;
    own.end = std::min(request.end, catalog_->committed());
    own.options.watch.stop = [&] { return closing_ || (request.options.watch.stop && request.options.watch.stop()); };
    if (catalog_->segments()->empty()) return CompactReport{};
    if (!dry) {
        // What the judge decides by must not be lost to a power cut when what it let go is gone.
        if (auto durable = writer_->make_durable(catalog_->end().head.sequence); !durable) return durable.error();
        if (auto sealed = writer_->seal_finished_now(); !sealed) return sealed.error();
    }
    auto tail = own.seal_tail ? look_at_tail(own) : CompactReport{};
    if (!tail) return tail;
    const bool pack = own.options.compression == Compression::zstd && tail->bytes_before >= worth_packing_bytes;
    const bool seal = (tail->events > 0 || pack) && !dry;
    if (seal) {
        const std::lock_guard lock(write_mutex_);
        if (auto sealed = writer_->seal_tail(); !sealed) return sealed.error();
    }
    auto report = compact_segments(environment_, folder_, *catalog_, own,
                                   [this](const SegmentFile& made) { return writer_->replace(made); });
    if (!report || seal) return report;
    report->segments += tail->segments;
    report->rewritten += tail->rewritten;
    report->events += tail->events;
    report->bytes_before += tail->bytes_before;
    report->bytes_after += tail->bytes_after;
    return report;
}

Result<> FolderLog::close() {
    Result<> closed;
    closing_ = true;
    {
        const std::lock_guard compaction(compaction_mutex_);
        const std::lock_guard lock(write_mutex_);
        if (writer_) closed = writer_->close();
        writer_.reset();
        lock_.reset();
    }
    catalog_->wake_waiters();
    return closed;
}

Result<> check_options(const SegmentLogOptions& options) {
    if (options.segment_bytes < segment_bytes_min || options.segment_bytes > segment_bytes_limit) {
        return Error{.code = Code::invalid_argument,
                     .message = fmt::format("segments of {} bytes are not possible: choose {} to {}",
                                            options.segment_bytes, segment_bytes_min, segment_bytes_limit)};
    }
    if (options.durability == Durability::volatile_) {
        return Error{.code = Code::invalid_argument, .message = "a log in a folder cannot be volatile: use `memory:`"};
    }
    return {};
}

}  // namespace

Result<std::shared_ptr<SegmentLog>> SegmentLog::open(const io::Environment& environment,
                                                     const SegmentLogOptions& options) {
    if (auto checked = check_options(options); !checked) return checked.error();
    auto folder = open_store_folder(environment, options);
    if (!folder) return folder.error();
    const StoreState state = folder->store->state();
    auto recovered = recover(environment,
                             {.folder = options.folder,
                              .segment_bytes = options.segment_bytes,
                              .read_only = options.read_only,
                              .witness = options.witness},
                             *folder->store);
    if (!recovered) return std::move(recovered).error().within(options.folder.string());

    auto catalog = std::make_shared<Catalog>();
    catalog->set_segments(recovered->segments);
    catalog->commit(recovered->end);
    auto log = std::make_shared<FolderLog>(environment, options.folder, state, recovered->epoch, catalog);
    if (options.read_only) {
        log->follow_with(
            std::make_unique<LogFollower>(environment.files, options.folder, state, std::move(*recovered), catalog));
        return std::shared_ptr<SegmentLog>(log);
    }
    auto writer = LogWriter::start(environment, options, *recovered, catalog, std::move(folder->store));
    if (!writer) return writer.error();
    log->write_with(std::move(*writer), std::move(folder->lock));
    return std::shared_ptr<SegmentLog>(log);
}

}  // namespace varve::log
