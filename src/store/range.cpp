#include "store/range.hpp"

#include <algorithm>
#include <optional>

namespace varve::store {
namespace {

template <class Place>
Range range_of(Direction direction, std::optional<Place> from, std::optional<Place> until, Place end) {
    const auto low = direction == Direction::forward ? from : until;
    const auto high = direction == Direction::forward ? until : from;
    Range range{0, end.value};
    if (low) range.begin = low->value;
    if (high && high->value < range.end) range.end = high->value + 1;
    return range;
}

}  // namespace

Range position_range(const Selection& selection, Position end) {
    return range_of(selection.direction, selection.from, selection.until, end);
}

Range revision_range(const Selection& selection, Revision end) {
    return range_of(selection.direction, selection.from_revision, selection.until_revision, end);
}

Range clipped(Range range, Direction direction, std::uint64_t limit) {
    if (range.empty()) return {range.begin, range.begin};
    const std::uint64_t count = std::min(limit, range.end - range.begin);
    return direction == Direction::forward ? Range{range.begin, range.begin + count}
                                           : Range{range.end - count, range.end};
}

}  // namespace varve::store
