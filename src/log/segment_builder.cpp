#include "log/segment_builder.hpp"

#include <algorithm>
#include <iterator>

namespace varve::log {
namespace {

constexpr std::size_t piece_bytes = 1 << 20;

}  // namespace

SegmentBuilder::SegmentBuilder(io::File& file, const SegmentHeader& header)
    : file_(file), header_(header), codec_(header.codec()) {
    footer_.end = header.begin;
    footer_.epoch = header.epoch;
    const auto bytes = header.encode();
    buffer_.assign(bytes.data(), bytes.size());
    if (header.packed()) packer_.emplace(header.page_bytes);
}

Result<> SegmentBuilder::write(std::string_view frames) {
    frames_end_ += frames.size();
    if (!packer_) return put(frames);
    packer_->add(frames, buffer_);
    return put({});
}

Result<> SegmentBuilder::put(std::string_view bytes) {
    buffer_ += bytes;
    return buffer_.size() < piece_bytes ? Result<>() : flush();
}

Result<> SegmentBuilder::flush() {
    if (auto written = file_.write(written_, buffer_); !written) return written;
    written_ += buffer_.size();
    buffer_.clear();
    return {};
}

Result<> SegmentBuilder::add(const Block& block, std::uint64_t durable_sequence,
                             const std::vector<std::uint32_t>& records) {
    const std::uint64_t at = frames_end_;
    const auto header = codec_.header(block, durable_sequence, at);
    const auto trailer = codec_.trailer(block);
    places_.add(at, block.payload, records);
    if (footer_.commits == 0) footer_.first_time = block.time;
    footer_.end = block.head_after();
    footer_.commits += block.commits;
    footer_.epoch = std::max(footer_.epoch, block.epoch);
    if (auto added = write({header.data(), header.size()}); !added) return added;
    if (auto added = write(block.payload); !added) return added;
    return write({trailer.data(), trailer.size()});
}

Result<SegmentFooter> SegmentBuilder::seal() {
    footer_.frames_end = frames_end_;
    auto sections = places_.sections(header_);
    if (packer_) {
        packer_->finish(buffer_);
        footer_.pages_end = packer_->pages_end();
        std::ranges::move(packer_->sections(), std::back_inserter(sections));
    }
    if (auto added = put(footer_.encode(header_.salt, sections)); !added) return added.error();
    if (auto flushed = flush(); !flushed) return flushed.error();
    if (auto synced = file_.sync_all(); !synced) return synced.error();
    return footer_;
}

}  // namespace varve::log
