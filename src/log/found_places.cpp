#include "log/found_places.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

#include "log/kept_events.hpp"
#include "log/little_endian.hpp"
#include "log/record.hpp"

namespace varve::log {
namespace {

constexpr std::uint32_t unknown = std::numeric_limits<std::uint32_t>::max();

}  // namespace

void FoundPlaces::add(std::uint64_t frame_offset, std::string_view payload, const std::vector<std::uint32_t>& records) {
    const std::uint64_t begin = frame_offset + frame_header_bytes;
    frames_.push_back(static_cast<std::uint32_t>(frame_offset));
    for (const std::uint32_t record : records) {
        const bool gone = record == record_removed || is_hollow(payload.substr(record));
        records_.push_back(gone ? record_removed : static_cast<std::uint32_t>(begin + record));
    }
}

void FoundPlaces::skip_to(std::uint64_t event) {
    records_.resize(event, unknown);
    whole_ = false;
}

std::vector<std::uint32_t> FoundPlaces::kept() const {
    std::vector<std::uint32_t> places;
    std::ranges::copy_if(records_, std::back_inserter(places),
                         [](std::uint32_t place) { return place != record_removed; });
    return places;
}

std::vector<SegmentFooter::Content> FoundPlaces::sections(const SegmentHeader& header) const {
    if (!header.rewritten()) return {{offsets_section, offsets_bytes(records_)}};
    std::vector<bool> there;
    there.reserve(records_.size());
    for (const std::uint32_t place : records_) there.push_back(place != record_removed);
    return {{offsets_section, offsets_bytes(kept())},
            {kept_section, KeptEvents::encode(there, header.salt)},
            {frames_section, offsets_bytes(frames_)}};
}

bool FoundPlaces::fit(const SegmentHeader& header, std::uint32_t type, std::string_view bytes) const {
    if (whole_) {
        const auto all = sections(header);
        const auto same = std::ranges::find(all, type, &SegmentFooter::Content::first);
        return same == all.end() || same->second == bytes;
    }
    // Of a rewritten segment with unknown frames, which entry is whose is not known.
    if (header.rewritten() || type != offsets_section || bytes.size() / 4 < records_.size()) return true;
    for (std::size_t i = 0; i < records_.size(); ++i) {
        if (records_[i] != unknown && load<std::uint32_t>(bytes.data() + 4 * i) != records_[i]) return false;
    }
    return true;
}

}  // namespace varve::log
