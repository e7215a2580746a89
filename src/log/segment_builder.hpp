/// Writes the blocks of a new segment, which is sealed as soon as it has them all: copies, and rewritten segments, which
/// it packs when their header says so.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/files.hpp"
#include "log/found_places.hpp"
#include "log/frame.hpp"
#include "log/page_packer.hpp"
#include "log/segment_footer.hpp"
#include "log/segment_header.hpp"
#include "varve/result.hpp"

namespace varve::log {

class SegmentBuilder {
public:
    /// Into `file`, which is new and empty, and must outlive it.
    SegmentBuilder(io::File& file, const SegmentHeader& header);

    /// The next block, with its payload. `records`: their offsets in it, or record_removed.
    Result<> add(const Block& block, std::uint64_t durable_sequence, const std::vector<std::uint32_t>& records);
    /// Writes the footer; everything is durable when this returns.
    Result<SegmentFooter> seal();
    [[nodiscard]] bool empty() const { return footer_.end == header_.begin; }

private:
    Result<> write(std::string_view frames);
    Result<> put(std::string_view bytes);
    Result<> flush();

    io::File& file_;
    const SegmentHeader header_;
    const FrameCodec codec_;
    SegmentFooter footer_;
    FoundPlaces places_;
    std::uint64_t frames_end_ = segment_header_bytes;
    std::optional<PagePacker> packer_;
    std::string buffer_;  ///< on its way to the end of the file, in pieces worth a write
    std::uint64_t written_ = 0;
};

}  // namespace varve::log
