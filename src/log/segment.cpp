#include "log/segment.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "log/little_endian.hpp"
#include "log/record.hpp"

namespace varve::log {
namespace {

/// The most a segment file can hold: one frame may reach beyond the capacity, when it is alone.
std::uint64_t largest_file(const SegmentHeader& header) {
    return std::max(header.capacity, segment_header_bytes + frame_bytes_max) + frame_bytes_max / 2 +
           header.capacity / 8;
}

/// No record is smaller than 56 bytes.
std::uint64_t most_events(const SegmentHeader& header) {
    return std::max<std::uint64_t>(header.capacity, segment_header_bytes + frame_bytes_max) / 56;
}

}  // namespace

Error damaged(std::string_view file, std::uint64_t offset, std::string_view what) {
    return {.code = Code::data_loss,
            .message = fmt::format("'{}' is damaged at offset {}: {}; run `varve verify` to see what is concerned",
                                   file, offset, what)};
}

Segment::Segment(std::string name, std::shared_ptr<io::File> file, const SegmentHeader& header, const char* view)
    : name_(std::move(name)),
      file_(std::move(file)),
      header_(header),
      codec_(header.salt),
      view_(view),
      next_(header.begin.next.value),
      frames_end_(segment_header_bytes),
      end_sequence_(header.begin.sequence) {}

Result<std::shared_ptr<Segment>> Segment::growing(std::string name, std::shared_ptr<io::File> file,
                                                  const SegmentHeader& header) {
    const auto view = file->map(largest_file(header));
    if (!view) return view.error();
    std::shared_ptr<Segment> segment(new Segment(std::move(name), std::move(file), header, *view));
    segment->growing_ = std::make_unique<OffsetTable>(most_events(header));
    return segment;
}

Result<std::shared_ptr<Segment>> Segment::sealed(std::string name, std::shared_ptr<io::File> file,
                                                 const SegmentHeader& header, const SegmentFooter& footer) {
    const auto view = file->map(footer.file_bytes);
    if (!view) return view.error();
    file->keep_view_only();
    std::shared_ptr<Segment> segment(new Segment(std::move(name), std::move(file), header, *view));
    segment->become_sealed(footer);
    return segment;
}

std::shared_ptr<Segment> Segment::sealed_as(const SegmentFooter& footer) const {
    file_->keep_view_only();
    std::shared_ptr<Segment> segment(new Segment(name_, file_, header_, view_));
    segment->become_sealed(footer);
    return segment;
}

void Segment::become_sealed(const SegmentFooter& footer) {
    // The table is there whenever the footer is valid: whoever opens has looked.
    table_ = view_ + footer.section(offsets_section)->offset;
    file_bytes_ = footer.file_bytes;
    publish(footer.end, footer.frames_end);
}

std::uint64_t Segment::record_at(std::uint64_t event) const {
    return table_ != nullptr ? load<std::uint32_t>(table_ + 4 * event) : growing_->at(event);
}

std::optional<FrameHeader> Segment::frame_at(std::uint64_t offset) const {
    const std::uint64_t end = frames_end();
    if (offset < segment_header_bytes || offset >= end) return {};
    auto header = codec_.parse({view_ + offset, end - offset}, offset);
    if (header && header->bytes > end - offset) header.reset();
    return header;
}

Result<FrameHeader> Segment::frame_of(Position position) const {
    const std::uint64_t record = record_at(position - first());
    const std::uint64_t end = frames_end();
    if (record < segment_header_bytes + frame_header_bytes || record >= end) {
        return damage(record, fmt::format("the place of position {} is wrong", position.value));
    }
    const RecordSize size = record_size({view_ + record, end - record});
    const std::uint64_t frame = record - size.frame_offset;
    const auto header = size.frame_offset <= record ? frame_at(frame) : std::nullopt;
    if (!header || position < header->block.first || position >= header->block.first + header->block.events) {
        return damage(record, fmt::format("the frame of position {} is not where its record says", position.value));
    }
    return *header;
}

Result<std::uint64_t> Segment::offset_of_block(std::uint64_t sequence) const {
    // The last event at or before the block leads close to it; blocks without events are walked over.
    std::uint64_t below = 0;
    std::uint64_t above = next() - first();
    std::uint64_t offset = segment_header_bytes;
    while (below < above) {
        const std::uint64_t middle = below + (above - below) / 2;
        const auto frame = frame_of(first() + middle);
        if (!frame) return frame.error();
        if (frame->block.sequence <= sequence) {
            below = middle + 1;
            const std::uint64_t record = record_at(middle);
            offset = record - record_size({view_ + record, frames_end() - record}).frame_offset;
        } else {
            above = middle;
        }
    }
    for (;;) {
        const auto frame = frame_at(offset);
        if (!frame) return damage(offset, fmt::format("block {} is missing", sequence));
        if (frame->block.sequence == sequence) return offset;
        if (frame->block.sequence > sequence) return damage(offset, "blocks are not in order");
        offset += frame->bytes;
    }
}

bool Segment::add(std::uint64_t frame_offset, const std::vector<std::uint32_t>& payload_offsets) {
    for (const std::uint32_t offset : payload_offsets) {
        if (!growing_->push(static_cast<std::uint32_t>(frame_offset + frame_header_bytes + offset))) return false;
    }
    return true;
}

void Segment::publish(const Head& end, std::uint64_t frames_end) {
    frames_end_.store(frames_end, std::memory_order_release);
    end_sequence_.store(end.sequence, std::memory_order_release);
    next_.store(end.next.value, std::memory_order_release);
}

std::vector<std::uint32_t> Segment::offsets() const {
    std::vector<std::uint32_t> all(growing_ ? growing_->size() : 0);
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = growing_->at(i);
    return all;
}

Error Segment::damage(std::uint64_t offset, std::string_view what) const {
    return damaged(name_, offset, what);
}

}  // namespace varve::log
