#include "log/block_reader.hpp"

#include <fmt/format.h>

#include "log/read_ahead.hpp"

namespace varve::log {
namespace {

class SegmentBlockReader final : public BlockReader {
public:
    SegmentBlockReader(std::shared_ptr<const Catalog> catalog, std::uint64_t sequence)
        : catalog_(std::move(catalog)), sequence_(sequence) {}

    Result<const Block*> next() override {
        if (sequence_ >= catalog_->end().head.sequence) return static_cast<const Block*>(nullptr);
        if (!segment_ || sequence_ >= segment_->end_sequence()) {
            if (auto found = find_segment(); !found) return found.error();
        }
        if (segment_->view() != nullptr) ahead_.come_to(segment_->file(), offset_, segment_->frames_end());
        const auto frame = segment_->frame_at(offset_, window_);
        if (!frame) return segment_->damage(offset_, fmt::format("block {} has no valid frame", sequence_));
        const std::string_view bytes = segment_->bytes(offset_, frame->bytes, window_).substr(0, frame->bytes);
        if (!segment_->codec().payload_fits(*frame, bytes)) {
            return segment_->damage(offset_, fmt::format("the payload of block {} does not fit its hash", sequence_));
        }
        if (frame->block.sequence != sequence_ || (chained_ && frame->block.previous_chain != chain_)) {
            return segment_->damage(offset_, fmt::format("block {} does not follow the one before it", sequence_));
        }
        block_ = frame->block;
        block_.payload = bytes.substr(frame_header_bytes, frame->payload_bytes());
        chain_ = block_.chain();
        chained_ = true;
        ++sequence_;
        offset_ += frame->bytes;
        return &block_;
    }

private:
    Result<> find_segment() {
        const auto segments = catalog_->segments();
        segment_ = segment_of_block(*segments, sequence_);
        ahead_.forget();
        // Entering at its beginning is the common case: the segment before was read to its end.
        if (segment_->header().begin.sequence == sequence_) {
            offset_ = segment_header_bytes;
            return {};
        }
        const auto offset = segment_->offset_of_block(sequence_);
        if (!offset) return offset.error();
        offset_ = *offset;
        return {};
    }

    std::shared_ptr<const Catalog> catalog_;
    std::shared_ptr<const Segment> segment_;
    std::uint64_t sequence_;
    std::uint64_t offset_ = 0;
    Hash chain_;
    bool chained_ = false;
    ReadAhead ahead_;
    PageWindow window_;
    Block block_;
};

}  // namespace

Result<std::unique_ptr<BlockReader>> read_blocks(std::shared_ptr<const Catalog> catalog, std::uint64_t sequence) {
    if (const std::uint64_t end = catalog->end().head.sequence; sequence > end) {
        return Error{.code = Code::out_of_range,
                     .message = fmt::format("block {} is beyond the end of the log, {}", sequence, end)};
    }
    return std::unique_ptr<BlockReader>(std::make_unique<SegmentBlockReader>(std::move(catalog), sequence));
}

}  // namespace varve::log
