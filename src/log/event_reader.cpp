#include <fmt/format.h>

#include "log/catalog.hpp"
#include "log/record.hpp"
#include "log/segment_log.hpp"

namespace varve::log {

/// What stays the same from one event to the next is kept here, so that reading in order costs little more than
/// the event's checksum.
struct EventReader::State {
    explicit State(std::shared_ptr<const Catalog> of) : catalog(std::move(of)) {}

    Result<const Event*> at(Position position);
    Result<> find_segment(Position position);
    Result<> enter_frame(std::uint64_t record, std::uint64_t frame_offset);
    [[nodiscard]] Error damage(Position position, std::uint64_t record, std::string_view what) const {
        return segment->damage(record, fmt::format("position {}: {}", position.value, what));
    }

    std::shared_ptr<const Catalog> catalog;
    std::shared_ptr<const SegmentList> segments;
    std::uint64_t version = 0;

    const Segment* segment = nullptr;  ///< kept alive by `segments`
    std::uint64_t first = 0;           ///< events [first, first + known) are committed and in `segment`
    std::uint64_t known = 0;
    std::uint64_t end = 0;  ///< file offset behind the last known frame

    std::uint64_t frame = 0;  ///< offset of the frame entered last; 0: none
    Event event;
};

Result<> EventReader::State::find_segment(Position position) {
    const Position committed = catalog->committed();
    if (position >= committed) {
        return Error{
            .code = Code::out_of_range,
            .message = fmt::format("position {} is beyond the end of the log, {}", position.value, committed.value)};
    }
    const std::uint64_t now = catalog->version();
    if (!segments || now != version) {
        segments = catalog->segments();
        version = now;
    }
    const Segment* found = segment_of(*segments, position).get();
    if (found != segment) frame = 0;
    segment = found;
    first = found->first().value;
    end = found->frames_end();
    known = std::min(found->next().value, committed.value) - first;
    if (position.value - first < known) return {};
    return Error{.code = Code::internal, .message = fmt::format("position {} is in no segment", position.value)};
}

Result<> EventReader::State::enter_frame(std::uint64_t record, std::uint64_t frame_offset) {
    frame = 0;
    const auto header = frame_offset <= record ? segment->frame_at(record - frame_offset) : std::nullopt;
    if (!header || frame_offset >= header->bytes || event.position < header->block.first ||
        event.position >= header->block.first + header->block.events) {
        return damage(event.position, record, "its frame is not where its record says");
    }
    frame = record - frame_offset;
    event.created = header->block.time;
    return {};
}

Result<const Event*> EventReader::State::at(Position position) {
    if (position.value - first >= known) [[unlikely]] {
        if (auto found = find_segment(position); !found) return found.error();
    }
    const std::uint64_t record = segment->record_at(position.value - first);
    if (record < segment_header_bytes + frame_header_bytes || record >= end) [[unlikely]] {
        return damage(position, record, "its place is wrong");
    }
    const std::string_view bytes(segment->view() + record, end - record);
    if (auto decoded = decode(bytes, position, event); !decoded) [[unlikely]] {
        return damage(position, record, decoded.error().message);
    }
    const std::uint64_t frame_offset = record_size(bytes).frame_offset;
    if (record - frame_offset != frame) {
        if (auto entered = enter_frame(record, frame_offset); !entered) return entered.error();
    }
    return &event;
}

EventReader::EventReader(const SegmentLog& log) : state_(std::make_unique<State>(log.catalog())) {}
EventReader::~EventReader() = default;
EventReader::EventReader(EventReader&&) noexcept = default;
EventReader& EventReader::operator=(EventReader&&) noexcept = default;

Result<const Event*> EventReader::at(Position position) {
    return state_->at(position);
}

}  // namespace varve::log
