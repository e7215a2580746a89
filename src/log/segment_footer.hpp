/// What sealing adds behind a segment's last frame (docs/internals/format.md, "Footer"): typed sections, a
/// directory of them, and 128 bytes at the very end of the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "log/block.hpp"

namespace varve::log {

// Part of the file format, never change.
inline constexpr std::uint64_t footer_tail_bytes = 128;
inline constexpr std::uint64_t footer_section_entry_bytes = 24;
inline constexpr std::uint32_t footer_sections_max = 64;
/// One u32 an event that is there: the file offset of its record.
inline constexpr std::uint32_t offsets_section = 1;
/// Of a rewritten segment: which events are there (log/kept_events.hpp).
inline constexpr std::uint32_t kept_section = 2;
/// Of a rewritten segment: one u32 a frame, its file offset.
inline constexpr std::uint32_t frames_section = 3;
/// Of a packed segment: the dictionary of its pages, filled up with zeros.
inline constexpr std::uint32_t dictionary_section = 4;
inline constexpr std::uint64_t dictionary_bytes_max = 1 << 20;
/// Of a packed segment: for each page the file offset behind it (u32) and the CRC32C of its bytes (u32).
inline constexpr std::uint32_t pages_section = 5;
inline constexpr std::uint64_t page_entry_bytes = 8;
/// Pages begin at multiples of it.
inline constexpr std::uint64_t page_alignment = 8;

/// A table of file offsets as a section holds it.
[[nodiscard]] std::string offsets_bytes(const std::vector<std::uint32_t>& offsets);

struct FooterSection {
    std::uint32_t type = 0;
    std::uint32_t checksum = 0;  ///< CRC32C of its bytes
    std::uint64_t offset = 0;    ///< in the file, a multiple of 8
    std::uint64_t bytes = 0;     ///< a multiple of 8
};

struct SegmentFooter {
    std::uint64_t frames_end = 0;  ///< file offset behind the last frame; of a packed segment as if it were none
    std::uint64_t pages_end = 0;   ///< of a packed segment: file offset behind the last page
    Head end;                      ///< the log's head behind the last frame
    std::uint64_t commits = 0;     ///< in this segment
    std::uint64_t epoch = 0;       ///< of the last block, or of the segment when it has none
    Timestamp first_time{};        ///< of the first block
    std::uint64_t file_bytes = 0;
    std::vector<FooterSection> sections;

    /// Where the first section begins.
    [[nodiscard]] std::uint64_t sections_begin() const { return pages_end != 0 ? pages_end : frames_end; }
    /// The section of a type this version writes; nothing when it is missing.
    [[nodiscard]] const FooterSection* section(std::uint32_t type) const;

    /// A section to write: its type and its bytes, a multiple of 8.
    using Content = std::pair<std::uint32_t, std::string>;
    /// The bytes to write at sections_begin(). Sets file_bytes and sections.
    [[nodiscard]] std::string encode(std::uint64_t salt, const std::vector<Content>& contents);

    /// How many bytes at the end of a sealed file hold its directory and tail; nothing when `tail` (the file's
    /// last 128 bytes) is not the end of a footer.
    [[nodiscard]] static std::optional<std::uint64_t> bytes_of(std::string_view tail);
    /// Reads directory and tail: the file's last bytes_of() bytes. Nothing when they are not valid.
    [[nodiscard]] static std::optional<SegmentFooter> parse(std::string_view bytes, std::uint64_t salt,
                                                            std::uint64_t file_bytes);
};

}  // namespace varve::log
