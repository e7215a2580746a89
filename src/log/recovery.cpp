#include "log/recovery.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "log/rewrite.hpp"
#include "log/store_folder.hpp"

namespace varve::log {
namespace {

constexpr std::size_t piece_bytes = 256 << 10;

/// Writes a stretch of a file again as it is, so that it reaches the disk with the next sync even when an earlier
/// sync failed and the operating system took the pages for clean.
Result<> rewrite(io::File& file, std::uint64_t from, std::uint64_t to) {
    std::string piece;
    while (from < to) {
        piece.resize(std::min<std::uint64_t>(piece_bytes, to - from));
        const auto got = file.read(from, piece);
        if (!got) return got.error();
        if (*got != piece.size())
            return Error{.code = Code::unavailable, .message = "the file became shorter meanwhile"};
        if (auto written = file.write(from, piece); !written) return written;
        from += piece.size();
    }
    return {};
}

class Recovery {
public:
    Recovery(const io::Environment& environment, const RecoveryOptions& options, StoreFile& store)
        : environment_(environment),
          files_(*environment.files),
          options_(options),
          store_(store),
          state_(store.state()) {}

    Result<RecoveredLog> run() {
        if (auto looked = look(); !looked) return looked.error();
        if (auto checked = check_witnesses(); !checked) return checked.error();
        if (options_.read_only) return finish_read_only();
        if (auto repaired = repair(); !repaired) return repaired.error();
        if (auto marked = store_.write(end_, false); !marked) return marked.error();
        return RecoveredLog{.segments = std::move(segments_), .end = end_, .epoch = epoch_, .tail = {}};
    }

private:
    // Looking.
    Result<> look();
    Result<> follows(const SegmentFile& file) const;
    Result<> take_sealed(SegmentFile& file);
    Result<> take_unsealed(SegmentFile& file, const SegmentFile* next);
    Result<> go_over(FrameScan& scan, Segment& segment);
    Result<> look_at_tail(const SegmentFile& file);
    Result<> check_witnesses() const;
    // Changing.
    Result<RecoveredLog> finish_read_only();
    Result<> repair();
    Result<> quarantine(const Segment& segment) const;
    Result<> seal(std::size_t index, const Checkpoint& end, std::uint64_t epoch);
    Result<> make_footer_durable(std::size_t index);
    Result<> begin_segment();

    [[nodiscard]] bool last_is_open() const { return !segments_.empty() && !segments_.back()->is_sealed(); }
    /// Nothing happened since the store was closed in order.
    [[nodiscard]] bool untouched() const { return state_.clean && last_is_open() && tail_bytes_ == end_.segment_end; }

    const io::Environment& environment_;
    io::Files& files_;
    const RecoveryOptions& options_;
    StoreFile& store_;
    const StoreState state_;

    std::vector<SegmentFile> found_;
    SegmentList segments_;
    Checkpoint end_;                      ///< behind the last valid block
    std::uint64_t epoch_ = 0;             ///< of the last block or segment
    std::optional<FrameScan> tail_;       ///< of the last segment, when it is not sealed
    std::uint64_t tail_bytes_ = 0;        ///< size of its file
    std::uint64_t torn_end_ = 0;          ///< behind the last byte after its last valid frame that is not zero
    std::optional<Checkpoint> unsealed_;  ///< end of the last segment but one, when it still has to be sealed
    std::uint64_t unsealed_epoch_ = 0;
};

Result<> Recovery::look() {
    const auto names = segment_names(files_, options_.folder);
    if (!names) return names.error();
    for (const std::string& name : *names) {
        auto file = open_segment_file(files_, options_.folder, name, &state_, io::OpenMode::read);
        if (!file) return file.error();
        found_.push_back(std::move(*file));
    }
    for (std::size_t i = 0; i < found_.size(); ++i) {
        SegmentFile& file = found_[i];
        if (auto fits = follows(file); !fits) return fits;
        end_.segment = file.header.begin.next;
        epoch_ = std::max(epoch_, file.header.epoch);
        const SegmentFile* next = i + 1 < found_.size() ? &found_[i + 1] : nullptr;
        if (file.footer && !state_.clean && i + 2 >= found_.size()) {
            const auto whole = sections_whole(*file.file, *file.footer);
            if (!whole) return whole.error();
            if (!*whole) file.footer.reset();
        }
        // Only the last one may be open, and the one before it while it is being sealed.
        if (!file.footer && next != nullptr && (i + 2 != found_.size() || (state_.clean && !options_.read_only))) {
            return damaged(file.name, file.bytes, "the footer of the sealed segment is missing or wrong");
        }
        if (auto taken = file.footer ? take_sealed(file) : take_unsealed(file, next); !taken) return taken;
    }
    return {};
}

Result<> Recovery::follows(const SegmentFile& file) const {
    const SegmentHeader& header = file.header;
    if (header.begin.next != end_.head.next) {
        return damaged(file.name, 0,
                       fmt::format("the segment begins at position {}, but the one before it ends at {}: a segment is "
                                   "missing or cut",
                                   header.begin.next.value, end_.head.next.value));
    }
    if (header.begin != end_.head || header.number != segments_.size() || header.commits_before != end_.commits ||
        header.previous_end != end_.segment_end) {
        return damaged(file.name, 0,
                       "the segment does not follow the one before it: one of them is from another history");
    }
    return {};
}

Result<> Recovery::take_sealed(SegmentFile& file) {
    auto segment = Segment::sealed(file.name, std::move(file.file), file.header, *file.footer);
    if (!segment) return segment.error();
    segments_.push_back(std::move(*segment));
    end_.head = file.footer->end;
    end_.commits += file.footer->commits;
    end_.segment_end = file.header.end_as_written(file.footer->frames_end);
    epoch_ = std::max(epoch_, file.footer->epoch);
    return {};
}

Result<> Recovery::take_unsealed(SegmentFile& file, const SegmentFile* next) {
    auto made = Segment::growing(file.name, file.file, file.header);
    if (!made) return made.error();
    const std::shared_ptr<Segment> segment = std::move(*made);
    // Only what was sealed, durably, is protected; what was rewritten never was without a footer.
    const auto was_sealed = files_.is_read_only(options_.folder / file.name);
    if (!was_sealed) return was_sealed.error();
    if (*was_sealed || file.header.rewritten())
        return damaged(file.name, file.bytes, "the footer of the sealed segment is wrong");
    // After a clean close the checkpoint vouches that the file is whole: then it is read through the view, uncopied.
    const bool vouched = state_.clean && next == nullptr && !options_.read_only &&
                         state_.checkpoint.segment == segment->first() && state_.checkpoint.segment_end == file.bytes;
    FrameScan scan(vouched ? FrameBytes({segment->view(), file.bytes}) : FrameBytes(*file.file, file.bytes),
                   file.header);
    if (next != nullptr) scan.stop_at(next->header.previous_end);
    if (auto gone = go_over(scan, *segment); !gone) return gone;
    segments_.push_back(segment);
    if (next != nullptr) {
        if (scan.offset() != next->header.previous_end) return damaged(file.name, scan.offset(), scan.why());
        unsealed_ = end_;
        unsealed_epoch_ = epoch_;
        return {};
    }
    tail_ = std::move(scan);
    return look_at_tail(file);
}

/// Takes the frames that are valid from where the scan stands, which is where the log ends.
Result<> Recovery::go_over(FrameScan& scan, Segment& segment) {
    const std::uint64_t commits = scan.commits();
    for (;;) {
        const auto more = scan.next();
        if (!more) return more.error();
        if (!*more) break;
        if (!segment.add(scan.frame_offset(), scan.records())) {
            return damaged(segment.name(), scan.frame_offset(), "the segment holds more events than it has room for");
        }
    }
    segment.publish(scan.head(), scan.offset());
    end_.head = scan.head();
    end_.commits += scan.commits() - commits;
    end_.segment_end = scan.offset();
    epoch_ = std::max(epoch_, scan.epoch());
    return {};
}

Result<> Recovery::look_at_tail(const SegmentFile& file) {
    tail_bytes_ = file.bytes;
    for (;;) {
        const auto witness = tail_->later_witness();
        if (!witness) return witness.error();
        if (!*witness) break;
        const std::uint64_t end = tail_->offset();
        if (options_.read_only) {
            // A writer beside us may have written both after we had read what was there before: look again.
            const auto bytes = segments_.back()->file().size();
            if (!bytes) return bytes.error();
            tail_->grow(*bytes);
            if (auto gone = go_over(*tail_, *segments_.back()); !gone) return gone;
        }
        if (tail_->offset() > end) continue;
        return damaged(file.name, end,
                       fmt::format("{}, though block {} (from position {} on) was durable: a later block says so",
                                   tail_->why(), end_.head.sequence, end_.head.next.value));
    }
    const auto torn_end = tail_->end_of_bytes();
    if (!torn_end) return torn_end.error();
    torn_end_ = *torn_end;
    return {};
}

Result<> Recovery::check_witnesses() const {
    const Checkpoint& checkpoint = state_.checkpoint;
    const std::string file = segments_.empty() ? std::string(store_name) : segments_.back()->name();
    const auto lost = [&](Position durable, std::string_view who) {
        return damaged(file, end_.segment_end,
                       fmt::format("the log ends at position {}, but {} knows of durable events up to position {}",
                                   end_.head.next.value, who, durable.value));
    };
    if (checkpoint.head.sequence > end_.head.sequence) return lost(checkpoint.head.next, "the last checkpoint");
    if (checkpoint.segment > end_.segment || (segments_.empty() && checkpoint.segment_end != 0)) {
        return damaged(
            file, end_.segment_end,
            fmt::format("the segment that begins at position {} is missing, though the last checkpoint names it",
                        checkpoint.segment.value));
    }
    if (options_.witness && !options_.read_only && !untouched()) {
        const auto witness = options_.witness(to_string(state_.id));
        if (!witness) return witness.error();
        if (*witness > end_.head.next) return lost(*witness, "the index");
    }
    if (checkpoint.head.sequence == end_.head.sequence && checkpoint.head != end_.head) {
        return damaged(store_name, 0, "the checkpoint and the segments are from different histories");
    }
    // (A reader may have seen STORE just before a writer opened it.)
    if (state_.clean && !options_.read_only && checkpoint.head.sequence != end_.head.sequence) {
        return damaged(store_name, 0, "the store was closed in order, but the log goes on behind its last checkpoint");
    }
    return {};
}

Result<RecoveredLog> Recovery::finish_read_only() {
    // What a writer has not synced yet must not be shown: it could still be lost.
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        if (segments_[i]->is_sealed()) continue;
        if (auto synced = segments_[i]->file().sync_data(); !synced) return synced.error();
    }
    return RecoveredLog{.segments = std::move(segments_), .end = end_, .epoch = epoch_, .tail = std::move(tail_)};
}

Result<> Recovery::repair() {
    for (const std::string_view leftover : {spare_name, rewriting_name}) {
        const auto removed = files_.remove(options_.folder / leftover);
        if (removed || removed.error().code == Code::not_found) continue;
        return Error{.code = removed.error().code,
                     .message = removed.error().message +
                                "; the name is the store's own: move away what has it, then "
                                "try again"};
    }
    if (untouched()) return {};
    for (std::size_t i = segments_.size() - std::min<std::size_t>(2, segments_.size()); i < segments_.size(); ++i) {
        if (!segments_[i]->is_sealed()) continue;
        if (auto durable = make_footer_durable(i); !durable) return durable;
    }
    if (unsealed_) {
        if (auto sealed = seal(segments_.size() - 2, *unsealed_, unsealed_epoch_); !sealed) return sealed;
    }
    if (last_is_open()) {
        if (torn_end_ > end_.segment_end) {
            if (auto kept = quarantine(*segments_.back()); !kept) return kept;
        }
        if (end_.head.sequence == segments_.back()->header().begin.sequence) {
            // Nothing was ever committed in it: a new one takes its place under the same name.
            segments_.pop_back();
            end_.segment_end = segments_.empty() ? 0 : segments_.back()->end_as_written();
        } else if (auto sealed = seal(segments_.size() - 1, end_, epoch_); !sealed) {
            return sealed;
        }
    }
    // Whoever wrote before us may still believe that he is the writer. (The first epoch is 1.)
    ++epoch_;
    return begin_segment();
}

Result<> Recovery::quarantine(const Segment& segment) const {
    const io::Path folder = options_.folder / "quarantine";
    if (auto made = files_.create_directories(folder); !made) return made;
    const std::string stem = segment.name().substr(0, segment.name().size() - std::string_view(".log").size());
    io::Path path;
    for (unsigned attempt = 0;; ++attempt) {
        path = folder / fmt::format("{}-at-{}-{}.torn", stem, end_.segment_end, attempt);
        const auto taken = files_.exists(path);
        if (!taken) return taken.error();
        if (!*taken) break;
    }
    auto file = files_.open(path, io::OpenMode::create_new);
    if (!file) return file.error();
    std::string piece;
    for (std::uint64_t at = end_.segment_end; at < torn_end_; at += piece.size()) {
        piece.resize(std::min<std::uint64_t>(piece_bytes, torn_end_ - at));
        const auto got = segment.file().read(at, piece);
        if (!got) return got.error();
        if (auto written = (*file)->write(at - end_.segment_end, piece); !written) return written;
    }
    if (auto synced = (*file)->sync_all(); !synced) return synced;
    return files_.sync_directory(folder);
}

Result<> Recovery::seal(std::size_t index, const Checkpoint& end, std::uint64_t epoch) {
    const Segment& segment = *segments_[index];
    auto file = files_.open(options_.folder / segment.name(), io::OpenMode::read_write);
    if (!file) return file.error();
    // Below the checkpoint a sync has succeeded; what lies above may only seem to be on the disk.
    const bool checked = state_.checkpoint.segment == segment.first();
    const std::uint64_t from = checked ? state_.checkpoint.segment_end : segment_header_bytes;
    if (auto written = rewrite(**file, from, end.segment_end); !written) return written;
    if (auto synced = (*file)->sync_all(); !synced) return synced;
    auto sealed = seal_segment(files_, options_.folder, segment, **file, end.head,
                               end.commits - segment.header().commits_before, epoch);
    if (!sealed) return sealed.error();
    segments_[index] = std::move(*sealed);
    return {};
}

/// The sync that ended a sealing may have failed, with the footer to be seen in the page cache alone. A file that is
/// protected already was synced before.
Result<> Recovery::make_footer_durable(std::size_t index) {
    const Segment& segment = *segments_[index];
    auto file = files_.open(options_.folder / segment.name(), io::OpenMode::read_write);
    if (!file) return file.error().code == Code::permission_denied ? Result<>() : file.error();
    if (auto written = rewrite(**file, segment.frames_end(), segment.file_bytes()); !written) return written;
    if (auto synced = (*file)->sync_all(); !synced) return synced;
    return files_.set_read_only(options_.folder / segment.name());
}

Result<> Recovery::begin_segment() {
    if (segments_.empty()) {
        // Whoever made STORE may have failed to make its name durable: it may not be lost while the first segment stays.
        if (auto synced = files_.sync_directory(options_.folder); !synced) return synced;
    }
    const SegmentHeader header =
        next_header(environment_, state_.id, end_, segments_.size(), epoch_, options_.segment_bytes);
    auto file = files_.open(options_.folder / spare_name, io::OpenMode::create_new);
    if (!file) return file.error();
    const std::string spare(spare_name);
    if (auto begun = write_segment_header(**file, header); !begun) return begun;
    if (auto installed = install_segment(files_, options_.folder, spare, **file, header); !installed) return installed;
    const std::string name = segment_name(header.begin.next);
    auto view = files_.open(options_.folder / name, io::OpenMode::read);
    if (!view) return view.error();
    auto segment = Segment::growing(name, std::move(*view), header);
    if (!segment) return segment.error();
    segments_.push_back(std::move(*segment));
    end_.segment = header.begin.next;
    end_.segment_end = segment_header_bytes;
    return {};
}

}  // namespace

Result<RecoveredLog> recover(const io::Environment& environment, const RecoveryOptions& options, StoreFile& store) {
    return Recovery(environment, options, store).run();
}

SegmentHeader next_header(const io::Environment& environment, const StoreId& store, const Checkpoint& end,
                          std::uint64_t number, std::uint64_t epoch, std::uint64_t capacity) {
    return {.store = store,
            .number = number,
            .epoch = epoch,
            .salt = environment.random->next(),
            .capacity = capacity,
            .begin = end.head,
            .commits_before = end.commits,
            .previous_end = end.segment_end,
            .created = environment.clock->now()};
}

}  // namespace varve::log
