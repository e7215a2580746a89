#include "log/segment.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "log/little_endian.hpp"
#include "log/record.hpp"

namespace varve::log {
namespace {

constexpr std::string_view advice = "; run `varve verify` to see what is concerned";

/// The most a segment file can hold: one frame may reach beyond the capacity, when it is alone.
std::uint64_t largest_file(const SegmentHeader& header) {
    return std::max(header.capacity, segment_header_bytes + frame_bytes_max) + frame_bytes_max / 2 +
           header.capacity / 8;
}

/// Behind every file: what a damaged table leads to.
constexpr std::uint64_t no_place = segment_file_bytes_max + 1;

std::uint64_t most_events(const SegmentHeader& header) {
    return std::max<std::uint64_t>(header.capacity, segment_header_bytes + frame_bytes_max) / record_bytes_min;
}

}  // namespace

Error damaged(std::string_view file, std::uint64_t offset, std::string_view what) {
    return {.code = Code::data_loss,
            .message = fmt::format("'{}' is damaged at offset {}: {}{}", file, offset, what, advice)};
}

std::string_view damage_of(const Error& error) {
    std::string_view message = error.message;
    if (message.ends_with(advice)) message.remove_suffix(advice.size());
    return message;
}

Segment::Segment(std::string name, std::shared_ptr<io::File> file, const SegmentHeader& header, const char* view)
    : name_(std::move(name)),
      file_(std::move(file)),
      header_(header),
      codec_(header.codec()),
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
    if (header_.rewritten()) {
        const std::uint64_t events = footer.end.next - header_.begin.next;
        places_ = footer.section(offsets_section)->bytes / 4;
        kept_ = KeptEvents(view_ + footer.section(kept_section)->offset, events, header_.salt);
        frames_ = view_ + footer.section(frames_section)->offset;
    }
    // Not the tables: a little of them serves many reads.
    file_->will_scatter(segment_header_bytes, footer.sections_begin() - segment_header_bytes);
    if (header_.packed()) pages_ = std::make_unique<PackedPages>(*file_, view_, header_, footer);
    file_bytes_ = footer.file_bytes;
    publish(footer.end, footer.frames_end);
}

std::uint64_t Segment::record_at(std::uint64_t event) const {
    if (table_ == nullptr) return growing_->at(event);
    if (header_.rewritten()) [[unlikely]] {
        const auto place = kept_.find(event);
        if (place && !place->kept) return record_removed;
        if (!place || place->number >= places_) return no_place;
        event = place->number;
    }
    // Only the map says that a record was removed.
    const auto record = load<std::uint32_t>(table_ + 4 * event);
    return record != record_removed ? record : no_place;
}

bool Segment::reduced() const {
    if (!header_.rewritten() || next() == first()) return header_.rewritten();
    const auto last = kept_.find(next() - first() - 1);
    return !last || !last->kept || last->number + 1 != next() - first();
}

std::uint64_t Segment::removed_run(std::uint64_t event, bool forward) const {
    return header_.rewritten() ? std::max<std::uint64_t>(kept_.removed_run(event, forward), 1) : 1;
}

/// File offset of the frame of the n-th block of a rewritten segment, as its table says.
std::uint64_t Segment::block_at(std::uint64_t number) const {
    return load<std::uint32_t>(frames_ + 4 * number);
}

bool Segment::was_far(std::uint64_t offset) const {
    const auto [place, bytes] = place_in_file(offset, 1);
    return bytes != 0 && file_->was_far(place);
}

void Segment::will_want(std::uint64_t offset, std::uint64_t wanted) const {
    const auto [place, bytes] = place_in_file(offset, wanted);
    if (bytes != 0) file_->will_want(place, bytes);
}

/// Where bytes of its frames lie in the file, at least the first of them, and how many those are; none of a damaged page,
/// and none where a damaged table leads to.
std::pair<std::uint64_t, std::uint64_t> Segment::place_in_file(std::uint64_t offset, std::uint64_t bytes) const {
    if (offset < segment_header_bytes || offset >= frames_end()) return {};
    if (!pages_) return {offset, bytes};
    const auto page = pages_->place((offset - segment_header_bytes) / pages_->page_bytes());
    return {page.offset, page.bytes};
}

std::string_view Segment::bytes(std::uint64_t offset, std::uint64_t wanted, PageWindow& window) const {
    if (!pages_) return {view_ + offset, frames_end() - offset};
    return window.at(*pages_, offset, wanted).value_or(std::string_view());
}

std::optional<FrameHeader> Segment::frame_at(std::uint64_t offset) const {
    PageWindow window;
    return frame_at(offset, window);
}

std::optional<FrameHeader> Segment::frame_at(std::uint64_t offset, PageWindow& window) const {
    const std::uint64_t end = frames_end();
    if (offset < segment_header_bytes || offset >= end) return {};
    auto header = codec_.parse(bytes(offset, frame_header_bytes, window), offset);
    if (header && header->bytes > end - offset) header.reset();
    return header;
}

Result<FrameHeader> Segment::frame_of(Position position) const {
    if (frames_ != nullptr) return rewritten_frame_of(position);
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

Result<FrameHeader> Segment::rewritten_frame_of(Position position) const {
    std::uint64_t below = 0;
    std::uint64_t above = end_sequence() - header_.begin.sequence;
    while (below < above) {
        const std::uint64_t middle = below + (above - below) / 2;
        auto frame = frame_at(block_at(middle));
        if (!frame) return damage(block_at(middle), "a frame is not where the footer says");
        if (position < frame->block.first) {
            above = middle;
        } else if (position >= frame->block.first + frame->block.events) {
            below = middle + 1;
        } else {
            return *std::move(frame);
        }
    }
    return damage(0, fmt::format("position {} is in no frame", position.value));
}

Result<std::uint64_t> Segment::offset_of_block(std::uint64_t sequence) const {
    if (frames_ != nullptr) {
        const std::uint64_t offset = block_at(sequence - header_.begin.sequence);
        const auto frame = frame_at(offset);
        if (frame && frame->block.sequence == sequence) return offset;
        return damage(offset, fmt::format("block {} is not where the footer says", sequence));
    }
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
    return pages_ ? damaged(name_, offset, std::string(what) + " (of what the segment unpacks to)")
                  : damaged(name_, offset, what);
}

}  // namespace varve::log
