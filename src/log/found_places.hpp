/// Where a walk over a segment's frames found its events: what the tables of its footer must say.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "log/segment_footer.hpp"
#include "log/segment_header.hpp"

namespace varve::log {

class FoundPlaces {
public:
    void clear() { *this = {}; }
    /// The next frame, its payload, and the offsets of its records in that, or record_removed. Hollow records are left out:
    /// no reader asks for them by position.
    void add(std::uint64_t frame_offset, std::string_view payload, const std::vector<std::uint32_t>& records);
    /// Frames could not be read; the segment goes on with that event of it.
    void skip_to(std::uint64_t event);

    /// The sections that a footer must have for these places.
    [[nodiscard]] std::vector<SegmentFooter::Content> sections(const SegmentHeader& header) const;
    /// Can this be a section of that type, as far as the places are known?
    [[nodiscard]] bool fit(const SegmentHeader& header, std::uint32_t type, std::string_view bytes) const;

private:
    [[nodiscard]] std::vector<std::uint32_t> kept() const;

    std::vector<std::uint32_t> records_;  ///< record_removed, or unknown
    std::vector<std::uint32_t> frames_;
    bool whole_ = true;  ///< nothing is unknown
};

}  // namespace varve::log
