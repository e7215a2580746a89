#include "log/log_writer.hpp"

#include <fmt/format.h>

#include <array>

#include "log/little_endian.hpp"
#include "log/record.hpp"
#include "log/rewrite.hpp"

namespace varve::log {
namespace {

/// Frames larger than this gain nothing from zeros: the bytes cost more than the file's growing.
constexpr std::uint64_t large_frame_bytes = 256 << 10;
/// Room that must be left on the disk beyond a frame which lets the file grow.
constexpr std::uint64_t spare_room_bytes = 1 << 20;
constexpr std::uint64_t spare_zeros_bytes = 8 << 20;
/// A frame with less is put together before it is written: three pieces cost the operating system more than this copy.
constexpr std::size_t joined_payload_bytes = 4 << 10;
constexpr std::chrono::milliseconds checkpoint_period(1000);
constexpr std::chrono::milliseconds buffered_period(50);

Error invalid(std::string_view what) {
    return {.code = Code::invalid_argument, .message = std::string(what)};
}

}  // namespace

LogWriter::LogWriter(const io::Environment& environment, const SegmentLogOptions& options,
                     std::shared_ptr<Catalog> catalog, std::unique_ptr<StoreFile> store)
    : environment_(environment),
      options_(options),
      catalog_(std::move(catalog)),
      store_(std::move(store)),
      spare_(*environment_.files, options_.folder) {}

LogWriter::~LogWriter() = default;

Result<std::unique_ptr<LogWriter>> LogWriter::start(const io::Environment& environment,
                                                    const SegmentLogOptions& options, const RecoveredLog& recovered,
                                                    std::shared_ptr<Catalog> catalog,
                                                    std::unique_ptr<StoreFile> store) {
    std::unique_ptr<LogWriter> writer(new LogWriter(environment, options, std::move(catalog), std::move(store)));
    writer->segment_ = recovered.segments.back();
    const io::Path path = options.folder / writer->segment_->name();
    auto file = environment.files->open(path, io::OpenMode::read_write);
    if (!file) return file.error();
    auto zeros_file = environment.files->open(path, io::OpenMode::read_write);
    if (!zeros_file) return zeros_file.error();
    writer->file_ = std::move(*file);
    writer->zeros_ = std::make_shared<ZerosAhead>(std::move(*zeros_file), recovered.end.segment_end,
                                                  writer->segment_->header().capacity, options.durability);
    writer->end_ = recovered.end;
    writer->epoch_ = recovered.epoch;
    writer->synced_sequence_ = recovered.end.head.sequence;
    writer->checkpointed_ = recovered.end;
    LogWriter* self = writer.get();
    const bool buffered = options.durability == Durability::buffered;
    writer->maintenance_ =
        environment.executor->start("varve-log", std::chrono::milliseconds(0), [self] { self->maintain(); });
    writer->checkpoints_ = environment.executor->start(
        "varve-checkpoint", buffered ? buffered_period : checkpoint_period, [self] { self->checkpoint(); });
    return writer;
}

Error LogWriter::poison(Error error) {
    const std::lock_guard lock(poison_mutex_);
    if (!poisoned_.load(std::memory_order_relaxed)) {
        poison_ = error.message;
        poisoned_.store(true, std::memory_order_release);
    }
    return {.code = Code::unavailable,
            .message = fmt::format("the outcome of this append is unknown: {}; the log takes no more: close the store, "
                                   "mend the disk and open it again",
                                   error.message)};
}

Error LogWriter::refusal() const {
    const std::lock_guard lock(poison_mutex_);
    return {
        .code = Code::unavailable,
        .message = fmt::format("the log takes nothing since a write failed ({}): close the store, mend the disk and "
                               "open it again",
                               poison_)};
}

Result<> LogWriter::append(const Block& block) {
    if (poisoned_.load(std::memory_order_acquire)) return refusal();
    if (auto checked = check(block); !checked) return checked;
    const std::uint64_t bytes = frame_bytes(block.payload.size());
    if (auto room = make_room(bytes); !room) return room;
    if (auto written = write(block); !written) return written;
    wake_background(bytes);
    return {};
}

Result<> LogWriter::check(const Block& block) {
    if (block.sequence != end_.head.sequence || block.previous_chain != end_.head.chain) {
        return Error{.code = Code::aborted,
                     .message = fmt::format("block {} does not follow the log's head, {}: another writer was first",
                                            block.sequence, end_.head.sequence)};
    }
    if (block.first != end_.head.next) return invalid("the block does not begin at the log's next position");
    if (block.time < end_.head.time) return invalid("the block is older than the one before it");
    if (block.events == 0) return invalid("a block needs an event");
    if (block.payload.size() % 8 != 0 ||
        block.payload.size() > frame_bytes_max - frame_header_bytes - frame_trailer_bytes) {
        return invalid("the block's payload is larger than a frame, or not padded");
    }
    records_.clear();
    if (auto found = record_offsets(block.payload, block.events, records_); !found)
        return invalid(found.error().message);
    for (const std::uint32_t record : records_) {
        if (record_size(block.payload.substr(record)).frame_offset != frame_header_bytes + record) {
            return invalid("a record of the block is not stamped with its place");
        }
    }
    return {};
}

/// Whatever fails here was not a write of frames: `resource_exhausted` leaves the log as it was.
Result<> LogWriter::make_room(std::uint64_t bytes) {
    const bool empty = end_.segment_end == segment_header_bytes;
    if (!empty && end_.segment_end + bytes > segment_->header().capacity) {
        if (auto begun = begin_next_segment(bytes); !begun) return begun;
    }
    if (zeros_->cover(end_.segment_end + bytes)) return {};
    const auto room = environment_.files->free_bytes(options_.folder);
    if (!room) return room.error();
    if (*room < bytes + spare_room_bytes) {
        return Error{
            .code = Code::resource_exhausted,
            .message = fmt::format("there are {} bytes left for '{}' and an append needs at least {}: nothing was "
                                   "written; make room, then repeat",
                                   *room, options_.folder.string(), bytes + spare_room_bytes)};
    }
    zeros_->claim(end_.segment_end + bytes);
    return {};
}

Result<> LogWriter::begin_next_segment(std::uint64_t bytes) {
    const std::lock_guard lock(background_mutex_);
    io::Files& files = *environment_.files;
    // What can fail without harm comes first.
    const auto room = files.free_bytes(options_.folder);
    if (!room) return room.error();
    if (*room < bytes + spare_room_bytes) {
        return Error{.code = Code::resource_exhausted,
                     .message = fmt::format("there is no room for another segment in '{}' ({} bytes left): nothing was "
                                            "written; make room, then repeat",
                                            options_.folder.string(), *room)};
    }
    auto spare = spare_.take();
    spare_ready_ = false;
    if (!spare) return spare.error();
    const SegmentHeader header = next_header(environment_, segment_->header().store, end_,
                                             segment_->header().number + 1, epoch_, options_.segment_bytes);
    if (auto begun = write_segment_header(*spare->file, header); !begun) {
        return begun.error().code == Code::resource_exhausted ? begun.error() : poison(begun.error());
    }
    auto view = files.open(options_.folder / spare_name, io::OpenMode::read);
    if (!view) return view.error();
    auto zeros_file = files.open(options_.folder / spare_name, io::OpenMode::read_write);
    if (!zeros_file) return zeros_file.error();
    auto next = Segment::growing(segment_name(header.begin.next), std::move(*view), header);
    if (!next) return next.error();

    // From here on an error leaves us not knowing what is on the disk.
    if (auto sealed = seal_finished(); !sealed) return poison(sealed.error());
    if (synced_sequence_.load() != end_.head.sequence) {
        if (auto synced = file_->sync_data(); !synced) return poison(synced.error());
        synced_sequence_ = end_.head.sequence;
    }
    const auto installed = install_segment(files, options_.folder, std::string(spare_name), *spare->file, header);
    if (!installed) return poison(installed.error());
    finished_ = Finished{.segment = segment_,
                         .file = std::move(file_),
                         .end = end_.head,
                         .commits = end_.commits - segment_->header().commits_before,
                         .epoch = epoch_};
    segment_ = std::move(*next);
    file_ = std::move(spare->file);
    zeros_ = std::make_shared<ZerosAhead>(std::move(*zeros_file), std::max(spare->zeros_end, segment_header_bytes),
                                          header.capacity, options_.durability);
    end_.segment = header.begin.next;
    end_.segment_end = segment_header_bytes;
    catalog_->put(segment_);
    catalog_->commit(end_);
    if (auto written = write_checkpoint(false); !written) return poison(written.error());
    maintenance_->wake();
    return {};
}

Result<> LogWriter::seal_tail() {
    if (poisoned_.load(std::memory_order_acquire)) return refusal();
    if (end_.segment_end == segment_header_bytes) return {};
    if (auto begun = begin_next_segment(0); !begun) return begun;
    return seal_finished_now();
}

Result<> LogWriter::seal_finished_now() {
    const std::lock_guard lock(background_mutex_);
    if (poisoned_.load(std::memory_order_acquire)) return refusal();
    const auto sealed = seal_finished();
    return sealed ? sealed : poison(sealed.error());
}

Result<> LogWriter::replace(const SegmentFile& made) {
    const std::lock_guard lock(background_mutex_);
    if (poisoned_.load(std::memory_order_acquire)) return refusal();
    io::Files& files = *environment_.files;
    const std::string temporary(rewriting_name);
    if (auto set = files.set_read_only(options_.folder / temporary); !set) return set;
    // Before the file takes the name: once it has it, the next compaction finds nothing to remove there.
    auto view = files.open(options_.folder / temporary, io::OpenMode::read);
    if (!view) return view.error();
    auto segment = Segment::sealed(segment_name(made.header.begin.next), *std::move(view), made.header, *made.footer);
    if (!segment) return segment.error();
    const auto installed = install_segment(files, options_.folder, temporary, *made.file, made.header);
    // Whether the directory's other entries are durable is not known then either.
    if (!installed) return poison(installed.error());
    catalog_->put(*std::move(segment));
    return {};
}

Result<> LogWriter::write(const Block& block) {
    const std::uint64_t offset = end_.segment_end;
    if (auto written = write_frame(block, offset); !written) return poison(written.error());
    const bool durable = options_.durability == Durability::durable;
    if (durable) {
        if (auto synced = file_->sync_data(); !synced) return poison(synced.error());
        synced_sequence_.store(block.sequence + 1, std::memory_order_relaxed);
    }
    if (!segment_->add(offset, records_)) {
        return poison({.code = Code::internal, .message = "a segment's table of offsets is full"});
    }
    end_.head = block.head_after();
    end_.commits += block.commits;
    end_.segment_end += frame_bytes(block.payload.size());
    epoch_ = std::max(epoch_, block.epoch);
    segment_->publish(end_.head, end_.segment_end);
    catalog_->commit(end_);
    return {};
}

Result<> LogWriter::write_frame(const Block& block, std::uint64_t offset) {
    const auto header = segment_->codec().header(block, synced_sequence_.load(std::memory_order_relaxed), offset);
    const auto trailer = segment_->codec().trailer(block);
    const std::array<std::string_view, 3> parts = {std::string_view(header.data(), header.size()), block.payload,
                                                   std::string_view(trailer.data(), trailer.size())};
    if (block.payload.size() > joined_payload_bytes) return file_->write(offset, parts);
    frame_.clear();
    for (const std::string_view part : parts) frame_ += part;
    return file_->write(offset, frame_);
}

bool LogWriter::wants_spare() const {
    return !spare_ready_ && segment_->frames_end() > segment_->header().capacity / 2;
}

void LogWriter::wake_background(std::uint64_t bytes) {
    if (wants_spare() || (bytes <= large_frame_bytes && zeros_->low(end_.segment_end))) maintenance_->wake();
}

void LogWriter::maintain() {
    while (maintain_once()) {
    }
}

bool LogWriter::maintain_once() {
    const std::lock_guard lock(background_mutex_);
    if (poisoned_.load(std::memory_order_acquire)) return false;
    if (finished_) {
        if (auto sealed = seal_finished(); !sealed) (void)poison(sealed.error());
        return true;
    }
    // Without room for zeros appends go on as long as they fit; the next wake tries again.
    const auto goes_on = [&](const Result<bool>& more) {
        if (!more && more.error().code != Code::resource_exhausted) (void)poison(more.error());
        return more.ok() && *more;
    };
    if (goes_on(zeros_->extend(segment_->frames_end()))) return true;
    if (!wants_spare()) return false;
    const auto prepared = spare_.prepare(std::min(spare_zeros_bytes, options_.segment_bytes));
    if (prepared && !*prepared) spare_ready_ = true;
    return goes_on(prepared);
}

Result<> LogWriter::seal_finished() {
    if (!finished_) return {};
    auto sealed = seal_segment(*environment_.files, options_.folder, *finished_->segment, *finished_->file,
                               finished_->end, finished_->commits, finished_->epoch);
    if (!sealed) return sealed.error();
    catalog_->put(std::move(*sealed));
    finished_.reset();
    return {};
}

void LogWriter::checkpoint() {
    const std::lock_guard lock(background_mutex_);
    if (poisoned_.load(std::memory_order_acquire)) return;
    if (auto written = write_checkpoint(false); !written) (void)poison(written.error());
}

Result<> LogWriter::write_checkpoint(bool clean) {
    // Only the appending thread moves the end, and only under the mutex does it go on to another file: what is
    // committed now lies in file_ up to this end.
    const Checkpoint end = catalog_->end();
    if (end == checkpointed_ && !clean) return {};
    if (auto synced = sync_to(end.head); !synced) return synced;
    if (auto written = store_->write(end, clean); !written) return written;
    checkpointed_ = end;
    return {};
}

Result<> LogWriter::sync_to(const Head& head) {
    if (synced_sequence_.load() >= head.sequence) return {};
    if (auto synced = file_->sync_data(); !synced) return synced;
    synced_sequence_ = head.sequence;
    return {};
}

Result<> LogWriter::make_durable(std::uint64_t sequence) {
    if (options_.durability == Durability::durable || synced_sequence_.load() >= sequence) return {};
    const std::lock_guard lock(background_mutex_);
    if (poisoned_.load(std::memory_order_acquire)) return refusal();
    if (auto synced = sync_to(catalog_->end().head); !synced) return poison(synced.error());
    return {};
}

Result<> LogWriter::close() {
    maintenance_.reset();
    checkpoints_.reset();
    const std::lock_guard lock(background_mutex_);
    if (poisoned_.load(std::memory_order_acquire)) return refusal();
    const auto finish = [&]() -> Result<> {
        if (auto sealed = seal_finished(); !sealed) return sealed;
        zeros_.reset();
        // A closed store carries no padding.
        if (auto cut = file_->truncate(end_.segment_end); !cut) return cut;
        if (auto synced = file_->sync_all(); !synced) return synced;
        synced_sequence_ = end_.head.sequence;
        if (auto discarded = spare_.discard(); !discarded) return discarded;
        return write_checkpoint(true);
    };
    if (auto finished = finish(); !finished) return poison(finished.error());
    return {};
}

}  // namespace varve::log
