/// Walks over the frames of a segment whose end is not known, checking each; stops at the first that is not valid.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/files.hpp"
#include "log/frame.hpp"
#include "log/packed_pages.hpp"
#include "log/segment_header.hpp"
#include "varve/result.hpp"

namespace varve::log {

/// Bytes of a file: read through a buffer (an unreadable sector is then an error), taken from a view, or unpacked.
class FrameBytes {
public:
    FrameBytes(io::File& file, std::uint64_t file_bytes) : file_(&file), size_(file_bytes) {}
    explicit FrameBytes(std::string_view view) : view_(view), size_(view.size()) {}
    explicit FrameBytes(std::shared_ptr<const PackedPages> pages)
        : pages_(std::move(pages)), size_(pages_->frames_end()) {}

    [[nodiscard]] std::uint64_t size() const { return size_; }
    /// For a file that grows.
    void resize(std::uint64_t bytes);
    /// At least `wanted` bytes from `offset`, fewer only at the end of the file. Valid until the next call.
    Result<std::string_view> at(std::uint64_t offset, std::uint64_t wanted);

private:
    io::File* file_ = nullptr;
    std::string_view view_;
    std::shared_ptr<const PackedPages> pages_;
    PageWindow window_;
    std::uint64_t size_;
    std::string buffer_;
    std::uint64_t buffer_at_ = 0;
};

class FrameScan {
public:
    /// Begins at `offset` with a log whose head there is `head`.
    FrameScan(FrameBytes bytes, const SegmentHeader& segment, const Head& head, std::uint64_t offset);
    /// Begins at the segment's beginning.
    FrameScan(FrameBytes bytes, const SegmentHeader& segment)
        : FrameScan(std::move(bytes), segment, segment.begin, segment_header_bytes) {}

    /// Goes over the next frame: true when it is whole and follows the one before. An error is the disk's.
    Result<bool> next();
    /// Blocks at or beyond this offset are not looked at.
    void stop_at(std::uint64_t offset) { stop_ = offset; }
    void grow(std::uint64_t file_bytes) { bytes_.resize(file_bytes); }

    // About the frame last gone over.
    [[nodiscard]] const FrameHeader& frame() const { return frame_; }
    [[nodiscard]] std::uint64_t frame_offset() const { return frame_offset_; }
    /// Offsets of its records in its payload, or record_removed.
    [[nodiscard]] const std::vector<std::uint32_t>& records() const { return records_; }
    /// How many of its events were removed by a compaction.
    [[nodiscard]] std::uint32_t removed() const { return removed_; }
    /// Its payload, until the next call.
    [[nodiscard]] std::string_view payload() const { return payload_; }

    // Where the scan stands: behind the last valid frame.
    [[nodiscard]] const Head& head() const { return head_; }
    [[nodiscard]] std::uint64_t offset() const { return offset_; }
    [[nodiscard]] std::uint64_t epoch() const { return epoch_; }
    [[nodiscard]] std::uint64_t commits() const { return commits_; }  ///< gone over
    /// Why the last next() answered false, in a few words.
    [[nodiscard]] std::string_view why() const { return why_; }

    /// The header of a frame behind offset() that is valid by itself, whatever lies before it, and says that the
    /// block missing at offset() was durable: proof of damage. Looks at every byte to the end of the file.
    Result<std::optional<FrameHeader>> later_witness();
    /// Goes on behind what is not valid at offset(): the scan then stands before the next frame that is whole by
    /// itself. False, and nothing changes, when there is none before the end.
    Result<bool> resume();
    /// Offset behind the last byte from offset() on that is not zero; offset() when there is none.
    Result<std::uint64_t> end_of_bytes();

private:
    struct Found {
        FrameHeader frame;
        std::uint64_t offset;
    };
    /// The first frame behind offset() with a valid header which `accept`s it.
    template <class Accept>
    Result<std::optional<Found>> search(Accept&& accept);
    bool stop(std::string_view why);
    [[nodiscard]] std::string_view wrong_with(const FrameHeader& frame) const;

    FrameBytes bytes_;
    FrameCodec codec_;
    Head head_;
    std::uint64_t offset_;
    std::uint64_t epoch_;
    std::uint64_t commits_ = 0;
    std::uint64_t stop_ = segment_file_bytes_max;
    FrameHeader frame_;
    std::uint64_t frame_offset_ = 0;
    std::vector<std::uint32_t> records_;
    std::uint32_t removed_ = 0;
    std::string_view payload_;
    std::string_view why_;
};

}  // namespace varve::log
