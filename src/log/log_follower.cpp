#include "log/log_follower.hpp"

namespace varve::log {

LogFollower::LogFollower(std::shared_ptr<io::Files> files, io::Path folder, const StoreState& store,
                         RecoveredLog recovered, std::shared_ptr<Catalog> catalog)
    : files_(std::move(files)),
      folder_(std::move(folder)),
      store_(store),
      catalog_(std::move(catalog)),
      segment_(recovered.segments.empty() ? nullptr : recovered.segments.back()),
      tail_(std::move(recovered.tail)),
      end_(recovered.end),
      number_(recovered.segments.size()) {}

Result<bool> LogFollower::refresh() {
    const std::lock_guard lock(mutex_);
    const Head before = end_.head;
    for (;;) {
        if (auto read = read_on(); !read) return read.error();
        const auto entered = enter_next_segment();
        if (!entered) return entered.error();
        if (!*entered) return end_.head != before;
    }
}

/// Goes over the frames that were added to the segment, syncs the file, then shows them.
Result<> LogFollower::read_on() {
    if (!tail_) return {};
    const auto bytes = segment_->file().size();
    if (!bytes) return bytes.error();
    tail_->grow(*bytes);
    const std::uint64_t before = tail_->commits();
    Checkpoint end = end_;
    for (;;) {
        const auto valid = tail_->next();
        if (!valid) return valid.error();
        if (!*valid) break;
        if (!segment_->add(tail_->frame_offset(), tail_->records())) {
            return segment_->damage(tail_->frame_offset(), "the segment holds more events than it has room for");
        }
    }
    end.head = tail_->head();
    end.segment_end = tail_->offset();
    end.commits += tail_->commits() - before;
    if (end == end_) return {};
    if (auto synced = segment_->file().sync_data(); !synced) return synced.error();
    end_ = end;
    segment_->publish(end_.head, end_.segment_end);
    catalog_->commit(end_);
    return {};
}

/// The next segment is the one that begins exactly where we stand and says so.
Result<bool> LogFollower::enter_next_segment() {
    auto file = open_segment_file(*files_, folder_, segment_name(end_.head.next), &store_, io::OpenMode::read);
    if (!file) {
        if (file.error().code == Code::not_found) return false;
        return file.error();
    }
    const bool empty = segment_ && segment_->first() == end_.head.next;
    // An empty segment may have been replaced by another of the same name, after a crash of its writer.
    if (empty && file->header.salt == segment_->header().salt) return false;
    if (file->header.begin != end_.head)
        return damaged(file->name, 0, "the segment does not follow what was read before it");

    if (file->header.rewritten()) return take_rewritten(*file);
    auto segment = Segment::growing(file->name, file->file, file->header);
    if (!segment) return segment.error();
    segment_ = std::move(*segment);
    tail_.emplace(FrameBytes(*file->file, file->bytes), file->header);
    end_.segment = file->header.begin.next;
    end_.segment_end = segment_header_bytes;
    catalog_->put(segment_);
    return true;
}

/// A compaction was faster than we: the segment is complete, and durable since it has its name.
Result<bool> LogFollower::take_rewritten(SegmentFile& file) {
    if (!file.footer) return damaged(file.name, file.bytes, "the footer of the sealed segment is missing or wrong");
    auto segment = Segment::sealed(file.name, std::move(file.file), file.header, *file.footer);
    if (!segment) return segment.error();
    segment_ = std::move(*segment);
    tail_.reset();
    end_.head = file.footer->end;
    end_.commits += file.footer->commits;
    end_.segment = segment_->first();
    end_.segment_end = file.header.end_as_written(file.footer->frames_end);
    catalog_->put(segment_);
    catalog_->commit(end_);
    return true;
}

}  // namespace varve::log
