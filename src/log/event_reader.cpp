#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "log/catalog.hpp"
#include "log/read_ahead.hpp"
#include "log/record.hpp"
#include "log/segment_log.hpp"

namespace varve::log {

/// What stays the same from one event to the next is kept here, so that reading in order costs little more than
/// the event's checksum.
struct EventReader::State {
    explicit State(std::shared_ptr<const Catalog> of) : catalog(std::move(of)) {}

    Result<const Event*> at(Position position);
    std::size_t expect(std::span<const Position> positions);
    [[nodiscard]] bool is_removed(Position position);
    [[nodiscard]] std::uint64_t removed_run(Position position, Direction direction) const;
    void look_at_segments();
    Result<> find_segment(Position position);
    Result<> enter_frame(std::uint64_t record, std::uint64_t frame_offset);
    [[nodiscard]] std::string_view unpacked(std::uint64_t record);
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
    ReadAhead ahead;
    PageWindow records;  ///< of packed segments, as the next
    PageWindow frames;
    Event event;
};

void EventReader::State::look_at_segments() {
    const std::uint64_t now = catalog->version();
    if (segments && now == version) return;
    segments = catalog->segments();
    version = now;
    segment = nullptr;  // it may have gone with the list
    known = 0;
}

/// Three rounds, each over all positions, so that the misses of a round overlap: places, records, frames.
std::size_t EventReader::State::expect(std::span<const Position> positions) {
    static constexpr std::size_t few = 16;
    static constexpr std::uint64_t line = 64;
    static constexpr std::uint64_t usual_record = 7 * line;
    struct Expected {
        const Segment* segment = nullptr;
        std::uint64_t record = 0;
    };
    std::array<Expected, few> expected{};
    positions = positions.first(std::min(positions.size(), few));
    look_at_segments();
    for (std::size_t i = 0; i < positions.size(); ++i) {
        const Segment& of = *segment_of(*segments, positions[i]);
        if (positions[i] < of.first() || positions[i] >= of.next()) continue;
        expected[i] = {.segment = &of, .record = of.record_at(positions[i] - of.first())};
    }
    // When the first has to come from the disk, the others are worth a call each, to have them fetched all at once.
    bool far = false, first_seen = false;
    for (Expected& place : expected) {
        if (place.segment == nullptr) continue;
        const bool there =
            place.record != record_removed && place.record + frame_header_bytes < place.segment->frames_end();
        if (!there) place.segment = nullptr;  // removed, or damaged
        if (place.segment == nullptr) continue;
        if (far) place.segment->will_want(place.record, usual_record);
        if (!std::exchange(first_seen, true)) far = place.segment->was_far(place.record);
        if (place.segment->view() == nullptr) place.segment = nullptr;  // packed: no more can be done
        if (place.segment == nullptr) continue;
        const char* const bytes = place.segment->view() + place.record;
        for (std::uint64_t at = 0; at < usual_record; at += line) __builtin_prefetch(bytes + at);
    }
    for (const Expected& place : expected) {
        if (place.segment == nullptr) continue;
        const std::string_view record(place.segment->view() + place.record, frame_header_bytes);
        const std::uint64_t back = record_size(record).frame_offset;
        if (back > place.record) continue;
        if (far) place.segment->will_want(place.record - back, frame_header_bytes);
        __builtin_prefetch(record.data() - back);
        __builtin_prefetch(record.data() - back + line);
    }
    return positions.size();
}

Result<> EventReader::State::find_segment(Position position) {
    const Position committed = catalog->committed();
    if (position >= committed) {
        return Error{
            .code = Code::out_of_range,
            .message = fmt::format("position {} is beyond the end of the log, {}", position.value, committed.value)};
    }
    look_at_segments();
    const Segment* found = segment_of(*segments, position).get();
    if (found != segment) {
        frame = 0;
        ahead.forget();
    }
    segment = found;
    first = found->first().value;
    end = found->frames_end();
    known = std::min(found->next().value, committed.value) - first;
    if (position.value - first < known) return {};
    return Error{.code = Code::internal, .message = fmt::format("position {} is in no segment", position.value)};
}

Result<> EventReader::State::enter_frame(std::uint64_t record, std::uint64_t frame_offset) {
    frame = 0;
    const auto header = frame_offset <= record ? segment->frame_at(record - frame_offset, frames) : std::nullopt;
    if (!header || frame_offset >= header->bytes || event.position < header->block.first ||
        event.position >= header->block.first + header->block.events) {
        return damage(event.position, record, "its frame is not where its record says");
    }
    frame = record - frame_offset;
    event.created = header->block.time;
    return {};
}

/// The record at an offset of a packed segment.
std::string_view EventReader::State::unpacked(std::uint64_t record) {
    const std::string_view bytes = segment->bytes(record, record_bytes_min, records);
    const std::uint32_t size = record_size(bytes).bytes;
    if (bytes.size() >= size || size > frame_bytes_max) return bytes;
    return segment->bytes(record, size, records);
}

Result<const Event*> EventReader::State::at(Position position) {
    if (position.value - first >= known) [[unlikely]] {
        if (auto found = find_segment(position); !found) return found.error();
    }
    const std::uint64_t record = segment->record_at(position.value - first);
    if (record == record_removed) [[unlikely]]
        return nullptr;
    if (record < segment_header_bytes + frame_header_bytes || record >= end) [[unlikely]] {
        return damage(position, record, "its place is wrong");
    }
    const char* const view = segment->view();
    if (view != nullptr) ahead.come_to(segment->file(), record, end);
    const std::string_view bytes = view != nullptr ? std::string_view(view + record, end - record) : unpacked(record);
    if (auto decoded = decode(bytes, position, event); !decoded) [[unlikely]] {
        return damage(position, record, decoded.error().message);
    }
    const std::uint64_t frame_offset = record_size(bytes).frame_offset;
    if (record - frame_offset != frame) {
        if (auto entered = enter_frame(record, frame_offset); !entered) return entered.error();
    }
    return &event;
}

bool EventReader::State::is_removed(Position position) {
    if (position.value - first >= known && !find_segment(position)) return false;
    return segment->record_at(position.value - first) == record_removed;
}

std::uint64_t EventReader::State::removed_run(Position position, Direction direction) const {
    const std::uint64_t run = segment->removed_run(position.value - first, direction == Direction::forward);
    return direction == Direction::forward ? std::min(run, first + known - position.value) : run;
}

EventReader::EventReader(const SegmentLog& log) : state_(std::make_unique<State>(log.catalog())) {}
EventReader::~EventReader() = default;
EventReader::EventReader(EventReader&&) noexcept = default;
EventReader& EventReader::operator=(EventReader&&) noexcept = default;

Result<const Event*> EventReader::at(Position position) {
    return state_->at(position);
}

bool EventReader::is_removed(Position position) {
    return state_->is_removed(position);
}

std::uint64_t EventReader::removed_run(Position position, Direction direction) const {
    return state_->removed_run(position, direction);
}

std::size_t EventReader::expect(std::span<const Position> positions) {
    return state_->expect(positions);
}

}  // namespace varve::log
