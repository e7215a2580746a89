/// The first 4096 bytes of every segment file (docs/internals/format.md, "Segment header"): whose it is, where it
/// begins, and what must lie before it, so that a missing or cut predecessor is always noticed.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "log/frame.hpp"
#include "varve/result.hpp"

namespace varve::log {

// Part of the file format, never change.
inline constexpr std::uint32_t format_number = 1;
inline constexpr std::uint64_t segment_header_bytes = 4096;
/// Of a segment that a compaction has rewritten: a reader that knows format 1 alone refuses it.
inline constexpr std::uint32_t rewritten_format_number = 2;
/// Of a rewritten segment whose frames are compressed as well (log/packed_pages.hpp).
inline constexpr std::uint32_t packed_format_number = 3;
/// What a page of it may be of; a power of two.
inline constexpr std::uint32_t page_bytes_min = 4 << 10;
inline constexpr std::uint32_t page_bytes_max = 1 << 20;
/// No segment file is larger (offsets in it are 32 bits wide).
inline constexpr std::uint64_t segment_file_bytes_max = std::uint64_t{2} << 30;

/// A store's own UUID.
using StoreId = std::array<std::uint8_t, 16>;
[[nodiscard]] std::string to_string(const StoreId& id);

struct SegmentHeader {
    StoreId store{};
    std::uint64_t number = 0;    ///< 0, 1, 2 ... in order of positions
    std::uint64_t epoch = 0;     ///< of the writer that made it
    std::uint64_t salt = 0;      ///< random: tells its frames from what lay there before
    std::uint64_t capacity = 0;  ///< a frame that would end beyond this offset goes into the next segment
    Head begin;                  ///< the log's head when the segment was begun
    std::uint64_t commits_before = 0;
    std::uint64_t previous_end = 0;  ///< where the frames of the segment before end; 0 in the first
    Timestamp created{};
    /// Of a rewritten segment: where its frames ended when they were first written, which the next segment repeats as
    /// its previous_end. 0: as it was written.
    std::uint64_t written_end = 0;
    /// Of a packed segment, which is a rewritten one: what each of its pages is of. 0: nothing is compressed.
    std::uint32_t page_bytes = 0;

    [[nodiscard]] bool rewritten() const { return written_end != 0; }
    [[nodiscard]] bool packed() const { return page_bytes != 0; }
    /// What the next segment gives as its previous_end when the frames of this one end at `frames_end`.
    [[nodiscard]] std::uint64_t end_as_written(std::uint64_t frames_end) const {
        return rewritten() ? written_end : frames_end;
    }
    /// Recognises its frames.
    [[nodiscard]] FrameCodec codec() const {
        return FrameCodec(salt, rewritten() ? FrameForm::rewritten : FrameForm::written);
    }

    using Bytes = std::array<char, segment_header_bytes>;
    [[nodiscard]] Bytes encode() const;
    /// `data_loss` when the bytes are not a header, `failed_precondition` when they are of a newer format.
    [[nodiscard]] static Result<SegmentHeader> parse(std::string_view bytes);
};

/// `seg-00000000000000000042.log`
[[nodiscard]] std::string segment_name(Position first);
/// Is this the name of a segment file?
[[nodiscard]] bool is_segment_name(std::string_view name);

/// The refusal of files that only a newer Varve understands.
[[nodiscard]] Error newer_format(std::uint32_t number, std::uint32_t known);

}  // namespace varve::log
