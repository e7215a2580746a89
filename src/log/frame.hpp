/// How one block lies in a segment file: a header of 96 bytes, the payload, a trailer of 8
/// (docs/internals/format.md, "Frame"). The header's checksum is bound to the segment's salt and to the file
/// offset, so that stale or misplaced bytes never pass for a frame; it is checked before the length is used.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "log/block.hpp"

namespace varve::log {

// Part of the file format, never change.
inline constexpr std::uint32_t frame_trailer_bytes = 8;
inline constexpr std::uint32_t frame_bytes_max = 16 << 20;

/// What the frames of a segment say of their payload.
enum class FrameForm : std::uint8_t {
    written,   ///< it is as it was appended
    rewritten  ///< events may be missing from it; the frame carries a hash of what is stored
};

/// A frame's header as it was read: the block's fields without its payload, and what is local to the file.
struct FrameHeader {
    std::uint32_t bytes = 0;             ///< whole frame: header, payload, trailer
    std::uint64_t durable_sequence = 0;  ///< blocks below it were known to be synced when this frame was written
    std::uint64_t stored_hash = 0;       ///< of a rewritten frame: xxh3_64 of the payload that is there
    Block block;                         ///< payload left empty

    [[nodiscard]] std::uint32_t payload_bytes() const { return bytes - frame_header_bytes - frame_trailer_bytes; }
};

/// The whole size of the frame that carries so large a payload.
[[nodiscard]] constexpr std::uint64_t frame_bytes(std::uint64_t payload_bytes) {
    return frame_header_bytes + payload_bytes + frame_trailer_bytes;
}

/// Writes and recognises the frames of one segment.
class FrameCodec {
public:
    FrameCodec() = default;
    explicit FrameCodec(std::uint64_t salt, FrameForm form = FrameForm::written) : salt_(salt), form_(form) {}

    [[nodiscard]] FrameForm form() const { return form_; }

    using HeaderBytes = std::array<char, frame_header_bytes>;
    using TrailerBytes = std::array<char, frame_trailer_bytes>;

    /// Requires a payload of a multiple of 8 bytes, at most frame_bytes_max with header and trailer. A rewritten frame
    /// has no place for `durable_sequence`.
    [[nodiscard]] HeaderBytes header(const Block& block, std::uint64_t durable_sequence,
                                     std::uint64_t file_offset) const;
    [[nodiscard]] TrailerBytes trailer(const Block& block) const;

    /// The header at the start of `bytes`, which lie at `file_offset`; nothing when there is no valid one.
    [[nodiscard]] std::optional<FrameHeader> parse(std::string_view bytes, std::uint64_t file_offset) const;
    /// Could a frame begin here? Cheap, says no for zeros; parse decides.
    [[nodiscard]] static bool plausible(std::string_view bytes);

    /// Does what follows the header (payload and trailer of `frame`, from the frame's first byte) fit it?
    [[nodiscard]] bool payload_fits(const FrameHeader& header, std::string_view frame) const;
    /// Is that the payload that is meant to be there?
    [[nodiscard]] bool hash_fits(const FrameHeader& header, std::string_view payload) const;
    /// Is the payload, which fits, the one that the chain was made of?
    [[nodiscard]] bool payload_complete(const FrameHeader& header, std::string_view payload) const;

private:
    [[nodiscard]] std::uint32_t checksum(const char* header, std::uint64_t file_offset) const;

    std::uint64_t salt_ = 0;
    FrameForm form_ = FrameForm::written;
};

/// The 80 bytes of logical fields, as they lie in a frame's header: what the chain is computed over.
using LogicalFields = std::array<char, 80>;
[[nodiscard]] LogicalFields logical_fields(const Block& block);

}  // namespace varve::log
