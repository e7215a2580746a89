/// The frames of a packed segment: cut into pages, each compressed by itself with the segment's dictionary, so that any
/// of them can be had alone (docs/internals/format.md, "A packed segment").
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "io/files.hpp"
#include "log/read_ahead.hpp"
#include "log/segment_footer.hpp"
#include "log/segment_header.hpp"
#include "varve/result.hpp"

struct ZSTD_DDict_s;

namespace varve::log {

/// What a reader knows of the pages. Immutable; any thread.
class PackedPages {
public:
    /// Can a footer be that of a packed segment with such a header? Its sections are not looked at.
    [[nodiscard]] static bool fit(const SegmentHeader& header, const SegmentFooter& footer);

    /// In a file's view of all of it, which stays. Requires header and footer that fit.
    PackedPages(io::File& file, const char* view, const SegmentHeader& header, const SegmentFooter& footer);
    /// In a file, which stays. `data_loss`: header and footer do not fit.
    [[nodiscard]] static Result<std::shared_ptr<const PackedPages>> in(io::File& file, const SegmentHeader& header,
                                                                       const SegmentFooter& footer);
    PackedPages(const PackedPages&) = delete;
    PackedPages& operator=(const PackedPages&) = delete;
    ~PackedPages();

    /// Tells the pages of one file from those of all others.
    [[nodiscard]] std::uint64_t id() const { return salt_; }
    /// What a page is of, before it was compressed; the last may be of less.
    [[nodiscard]] std::uint64_t page_bytes() const { return page_bytes_; }
    /// Behind the last frame, as if nothing were compressed.
    [[nodiscard]] std::uint64_t frames_end() const { return frames_end_; }

    struct Place {
        std::uint64_t offset = 0;
        std::uint32_t bytes = 0;  ///< 0: the table is damaged
        std::uint32_t checksum = 0;
    };
    /// Where a page lies in the file, as the table says. Requires a page that there is.
    [[nodiscard]] Place place(std::uint64_t page) const;

private:
    friend class PageWindow;

    PackedPages(io::File& file, const SegmentHeader& header, const SegmentFooter& footer);
    [[nodiscard]] const ZSTD_DDict_s* dictionary() const;

    std::uint64_t salt_;
    std::uint64_t page_bytes_;
    std::uint64_t frames_end_;
    std::uint64_t pages_end_;
    io::File* file_;
    const char* view_ = nullptr;
    std::string sections_;  ///< of the file
    std::string_view table_;
    std::string_view dictionary_bytes_;
    mutable std::once_flag dictionary_once_;
    mutable ZSTD_DDict_s* dictionary_ = nullptr;
};

/// Pages, unpacked for one reader: the last ones that it asked for.
class PageWindow {
public:
    /// At least `wanted` bytes of the frames from a file offset (as if nothing were compressed) on, fewer only at their
    /// end. A page that is damaged reads as zeros, which no checksum of a frame or record fits. Valid until the next
    /// call. An error is the disk's.
    Result<std::string_view> at(const PackedPages& pages, std::uint64_t offset, std::uint64_t wanted);

private:
    Result<> append(const PackedPages& pages, std::uint64_t page);
    [[nodiscard]] static bool unpack(const PackedPages& pages, const PackedPages::Place& place, std::string_view packed,
                                     char* into, std::size_t bytes);

    std::uint64_t of_ = 0;     ///< id of the pages that are there
    std::uint64_t first_ = 0;  ///< number of the first page
    std::uint64_t pages_ = 0;
    std::string bytes_;
    ReadAhead ahead_;
    std::string packed_;  ///< of a page that comes from a file
};

}  // namespace varve::log
