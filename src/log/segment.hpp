/// One segment as readers see it: a view of the file, and where each record lies in it.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "io/files.hpp"
#include "log/frame.hpp"
#include "log/kept_events.hpp"
#include "log/offset_table.hpp"
#include "log/packed_pages.hpp"
#include "log/segment_footer.hpp"
#include "log/segment_header.hpp"
#include "varve/result.hpp"

namespace varve::log {

/// Immutable once the log has gone on to the next segment. Before that, one thread adds blocks while others read
/// what is committed.
class Segment {
public:
    /// A segment that may still grow: its blocks are made known by add().
    static Result<std::shared_ptr<Segment>> growing(std::string name, std::shared_ptr<io::File> file,
                                                    const SegmentHeader& header);
    /// A sealed segment: places come from its footer, nothing is read.
    static Result<std::shared_ptr<Segment>> sealed(std::string name, std::shared_ptr<io::File> file,
                                                   const SegmentHeader& header, const SegmentFooter& footer);
    /// The same segment after its footer was written.
    [[nodiscard]] std::shared_ptr<Segment> sealed_as(const SegmentFooter& footer) const;

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const SegmentHeader& header() const { return header_; }
    [[nodiscard]] const FrameCodec& codec() const { return codec_; }
    [[nodiscard]] io::File& file() const { return *file_; }
    /// At least `wanted` bytes of its frames from an offset before frames_end() on, fewer only at their end: in its view,
    /// or unpacked into the window, then valid until that is used again.
    [[nodiscard]] std::string_view bytes(std::uint64_t offset, std::uint64_t wanted, PageWindow& window) const;
    /// As io::File's, for an offset of its frames, before frames_end().
    [[nodiscard]] bool was_far(std::uint64_t offset) const;
    void will_want(std::uint64_t offset, std::uint64_t wanted) const;
    /// Its view, where offsets are those of its frames; nullptr when they are packed.
    [[nodiscard]] const char* view() const { return pages_ ? nullptr : view_; }
    [[nodiscard]] bool is_sealed() const { return table_ != nullptr; }
    [[nodiscard]] std::uint64_t file_bytes() const { return is_sealed() ? file_bytes_ : frames_end(); }

    [[nodiscard]] Position first() const { return header_.begin.next; }
    /// Behind the last event made known, the last frame, the last block.
    [[nodiscard]] Position next() const { return Position{next_.load(std::memory_order_acquire)}; }
    [[nodiscard]] std::uint64_t frames_end() const { return frames_end_.load(std::memory_order_acquire); }
    /// What the next segment gives as its previous_end.
    [[nodiscard]] std::uint64_t end_as_written() const { return header_.end_as_written(frames_end()); }
    [[nodiscard]] std::uint64_t end_sequence() const { return end_sequence_.load(std::memory_order_acquire); }

    /// File offset of the record of the event with that number in this segment, as the table says (a damaged file
    /// may say anything but record_removed). Requires an event that is known.
    [[nodiscard]] std::uint64_t record_at(std::uint64_t event) const;
    /// Can it be that events of it were removed?
    [[nodiscard]] bool reduced() const;
    /// After record_at answered record_removed: how many are removed in a row, from there on in that direction.
    [[nodiscard]] std::uint64_t removed_run(std::uint64_t event, bool forward) const;
    /// The header of the frame that holds a known position, its checksum verified.
    [[nodiscard]] Result<FrameHeader> frame_of(Position position) const;
    /// The frame header at an offset, its checksum verified; nothing when there is none before frames_end().
    [[nodiscard]] std::optional<FrameHeader> frame_at(std::uint64_t offset) const;
    /// The same for who asks for many.
    [[nodiscard]] std::optional<FrameHeader> frame_at(std::uint64_t offset, PageWindow& window) const;
    /// Offset of the frame of a block that lies in this segment.
    [[nodiscard]] Result<std::uint64_t> offset_of_block(std::uint64_t sequence) const;

    /// Adds the places of a block's records (their offsets in its payload); the block lies at `frame_offset`.
    /// Not seen by anybody before publish(). False when the table is full.
    [[nodiscard]] bool add(std::uint64_t frame_offset, const std::vector<std::uint32_t>& payload_offsets);
    /// Makes known what was added.
    void publish(const Head& end, std::uint64_t frames_end);
    /// All offsets that were added, for the footer.
    [[nodiscard]] std::vector<std::uint32_t> offsets() const;

    [[nodiscard]] Error damage(std::uint64_t offset, std::string_view what) const;

private:
    Segment(std::string name, std::shared_ptr<io::File> file, const SegmentHeader& header, const char* view);
    void become_sealed(const SegmentFooter& footer);
    [[nodiscard]] std::uint64_t block_at(std::uint64_t number) const;
    [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> place_in_file(std::uint64_t offset,
                                                                        std::uint64_t bytes) const;
    [[nodiscard]] Result<FrameHeader> rewritten_frame_of(Position position) const;

    std::string name_;
    std::shared_ptr<io::File> file_;
    SegmentHeader header_;
    FrameCodec codec_;
    const char* view_;
    const char* table_ = nullptr;  ///< the footer's, when sealed
    std::uint64_t places_ = 0;     ///< in it
    KeptEvents kept_;              ///< of a rewritten segment, as what follows
    const char* frames_ = nullptr;
    std::unique_ptr<const PackedPages> pages_;  ///< of a packed segment
    std::uint64_t file_bytes_ = 0;
    std::unique_ptr<OffsetTable> growing_;
    std::atomic<std::uint64_t> next_;
    std::atomic<std::uint64_t> frames_end_;
    std::atomic<std::uint64_t> end_sequence_;
};

/// `store/seg-0.log is damaged at offset 4096: ...; run varve verify`
[[nodiscard]] Error damaged(std::string_view file, std::uint64_t offset, std::string_view what);
/// What such an error says, without the advice to verify: for who does just that.
[[nodiscard]] std::string_view damage_of(const Error& error);

}  // namespace varve::log
