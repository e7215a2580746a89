#include "log/frame_scan.hpp"

#include <algorithm>
#include <cstring>

#include "log/little_endian.hpp"
#include "log/record.hpp"

namespace varve::log {
namespace {

constexpr std::uint64_t read_ahead_bytes = 1 << 20;

bool all_zero(std::string_view bytes) {
    return bytes.empty() || (bytes.front() == 0 && std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0);
}

}  // namespace

void FrameBytes::resize(std::uint64_t bytes) {
    size_ = bytes;
    // What was read at the old end may have been written since.
    buffer_.clear();
}

Result<std::string_view> FrameBytes::at(std::uint64_t offset, std::uint64_t wanted) {
    if (offset >= size_) return std::string_view();
    wanted = std::min(wanted, size_ - offset);
    if (pages_) return window_.at(*pages_, offset, wanted);
    if (file_ == nullptr) return view_.substr(offset);
    if (offset < buffer_at_ || offset + wanted > buffer_at_ + buffer_.size()) {
        const std::uint64_t bytes = std::min(std::max(wanted, read_ahead_bytes), size_ - offset);
        buffer_.resize(bytes);
        buffer_at_ = offset;
        const auto got = file_->read(offset, buffer_);
        if (!got) {
            buffer_.clear();
            return got.error();
        }
        buffer_.resize(*got);
    }
    return std::string_view(buffer_).substr(offset - buffer_at_);
}

FrameScan::FrameScan(FrameBytes bytes, const SegmentHeader& segment, const Head& head, std::uint64_t offset)
    : bytes_(std::move(bytes)), codec_(segment.codec()), head_(head), offset_(offset), epoch_(segment.epoch) {}

bool FrameScan::stop(std::string_view why) {
    why_ = why;
    return false;
}

std::string_view FrameScan::wrong_with(const FrameHeader& frame) const {
    const Block& block = frame.block;
    if (block.sequence != head_.sequence) return "the block is not the next in order";
    if (block.first != head_.next) return "the block does not begin at the next position";
    if (block.previous_chain != head_.chain) return "the block does not follow the one before it";
    if (block.time < head_.time) return "the block is older than the one before it";
    if (offset_ + frame.bytes > stop_) return "the block reaches into the next segment";
    return {};
}

Result<bool> FrameScan::next() {
    if (offset_ >= stop_) return stop("the end");
    auto bytes = bytes_.at(offset_, frame_header_bytes);
    if (!bytes) return bytes.error();
    auto frame = codec_.parse(*bytes, offset_);
    if (!frame) return stop("there is no valid frame header");
    if (const auto wrong = wrong_with(*frame); !wrong.empty()) return stop(wrong);
    bytes = bytes_.at(offset_, frame->bytes);
    if (!bytes) return bytes.error();
    if (!codec_.payload_fits(*frame, *bytes)) return stop("the frame's payload or trailer does not fit its header");
    payload_ = bytes->substr(frame_header_bytes, frame->payload_bytes());
    records_.clear();
    if (!record_offsets(payload_, frame->block.events, records_)) return stop("the block's records do not add up");
    removed_ = static_cast<std::uint32_t>(std::ranges::count_if(records_, [&](std::uint32_t record) {
        return record == record_removed || is_hollow(payload_.substr(record));
    }));
    if (removed_ > 0 && codec_.form() == FrameForm::written) return stop("the block lacks events");
    if (removed_ == 0 && !codec_.payload_complete(*frame, payload_)) {
        return stop("the block's payload is not the one that history was made of");
    }

    frame_ = *frame;
    frame_offset_ = offset_;
    offset_ += frame_.bytes;
    head_ = frame_.block.head_after();
    epoch_ = std::max(epoch_, frame_.block.epoch);
    commits_ += frame_.block.commits;
    return true;
}

template <class Accept>
Result<std::optional<FrameScan::Found>> FrameScan::search(Accept&& accept) {
    std::uint64_t offset = offset_ + 8;
    while (offset + frame_header_bytes <= bytes_.size()) {
        const auto bytes = bytes_.at(offset, frame_header_bytes);
        if (!bytes) return bytes.error();
        if (bytes->size() < frame_header_bytes) break;
        // Everything lies at multiples of 8; zeros, by far the most, are passed over quickly.
        std::size_t step = 0;
        const std::size_t last = bytes->size() - frame_header_bytes;
        while (step <= last && !FrameCodec::plausible(bytes->substr(step))) step += 8;
        if (step <= last) {
            if (const auto frame = codec_.parse(bytes->substr(step), offset + step)) {
                const Result<bool> accepted = accept(*frame, offset + step);
                if (!accepted) return accepted.error();
                if (*accepted) return std::optional<Found>({*frame, offset + step});
            }
            step += 8;
        }
        offset += step;
    }
    return std::optional<Found>();
}

Result<std::optional<FrameHeader>> FrameScan::later_witness() {
    const auto found = search([&](const FrameHeader& frame, std::uint64_t) -> Result<bool> {
        return frame.block.sequence > head_.sequence && frame.durable_sequence > head_.sequence;
    });
    if (!found) return found.error();
    return *found ? std::optional((*found)->frame) : std::nullopt;
}

Result<bool> FrameScan::resume() {
    const auto found = search([&](const FrameHeader& frame, std::uint64_t offset) -> Result<bool> {
        if (frame.block.sequence < head_.sequence || offset + frame.bytes > stop_) return false;
        const auto bytes = bytes_.at(offset, frame.bytes);
        if (!bytes) return bytes.error();
        return codec_.payload_fits(frame, *bytes);
    });
    if (!found) return found.error();
    if (!*found) return false;
    const Block& block = (*found)->frame.block;
    offset_ = (*found)->offset;
    head_ = {.sequence = block.sequence, .next = block.first, .time = block.time, .chain = block.previous_chain};
    return true;
}

Result<std::uint64_t> FrameScan::end_of_bytes() {
    std::uint64_t end = offset_;
    for (std::uint64_t offset = offset_; offset < bytes_.size();) {
        auto bytes = bytes_.at(offset, 1);
        if (!bytes) return bytes.error();
        if (bytes->empty()) break;
        if (!all_zero(*bytes)) {
            const std::size_t last = bytes->find_last_not_of('\0');
            end = offset + last + 1;
        }
        offset += bytes->size();
    }
    return end;
}

}  // namespace varve::log
