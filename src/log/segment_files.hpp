/// Makes, opens and seals the files of segments.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "io/files.hpp"
#include "log/frame_scan.hpp"
#include "log/segment.hpp"
#include "log/store_file.hpp"
#include "varve/result.hpp"

namespace varve::log {

/// A segment file as it lies in the folder, its header read and checked, its frames not looked at.
struct SegmentFile {
    std::string name;
    std::shared_ptr<io::File> file;
    std::uint64_t bytes = 0;
    SegmentHeader header;
    std::optional<SegmentFooter> footer;  ///< nothing: not (validly) sealed
};

/// `data_loss` when the header is damaged, the name does not fit, or the segment is none that `store` owns or shares
/// (nullptr: not known whose it should be).
[[nodiscard]] Result<SegmentFile> open_segment_file(io::Files& files, const io::Path& folder, const std::string& name,
                                                    const StoreState* store, io::OpenMode mode);

/// The footer at the end of a file of that size; nothing when there is none that is valid.
[[nodiscard]] Result<std::optional<SegmentFooter>> read_footer(io::File& file, std::uint64_t file_bytes,
                                                               std::uint64_t salt);

/// The bytes in which the frames of a segment lie, whether they are compressed or not. `footer`: nullptr, it is not
/// sealed. The file must outlive them. `data_loss`: the footer does not fit.
[[nodiscard]] Result<FrameBytes> frames_of(io::File& file, std::uint64_t file_bytes, const SegmentHeader& header,
                                           const SegmentFooter* footer);
[[nodiscard]] inline Result<FrameBytes> frames_of(const SegmentFile& segment) {
    return frames_of(*segment.file, segment.bytes, segment.header, segment.footer ? &*segment.footer : nullptr);
}

/// Do all sections of a footer fit their checksums? A crash while a segment was being sealed may have left the
/// footer's end without what lies before it.
[[nodiscard]] Result<bool> sections_whole(io::File& file, const SegmentFooter& footer);

/// Writes the header of a new segment; nothing is synced yet.
[[nodiscard]] Result<> write_segment_header(io::File& file, const SegmentHeader& header);

/// Gives a prepared file (open, under the name `temporary`, its header written) its name: durable, with its
/// directory entry, when this returns. Replaces a segment of the same first position.
[[nodiscard]] Result<> install_segment(io::Files& files, const io::Path& folder, const std::string& temporary,
                                       io::File& file, const SegmentHeader& header);

/// Writes the footer behind the last frame of a growing segment and makes the file immutable. Everything is
/// durable when this returns. `end`: the log's head behind the segment's last frame.
[[nodiscard]] Result<std::shared_ptr<Segment>> seal_segment(io::Files& files, const io::Path& folder,
                                                            const Segment& segment, io::File& file, const Head& end,
                                                            std::uint64_t commits, std::uint64_t epoch);

}  // namespace varve::log
