/// Entries in order of position, sorted into what belongs together, so that a batch costs one write a stream (or
/// category) and chunk instead of one an event.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "index/index.hpp"
#include "varve/types.hpp"

namespace varve::index {

/// All events of one stream or category in a batch.
struct Group {
    std::string_view name;
    Revision first;                       ///< of its first event (for streams)
    std::span<const Position> positions;  ///< ascending
};

class Groups {
public:
    [[nodiscard]] static Groups by_stream(std::span<const Entry> entries);
    [[nodiscard]] static Groups by_category(std::span<const Entry> entries);

    /// In byte order of names. The names live as long as the entries', the positions as long as this.
    [[nodiscard]] const std::vector<Group>& all() const { return groups_; }

private:
    template <class Name>
    Groups(std::span<const Entry> entries, Name name_of);

    std::vector<Position> positions_;
    std::vector<Group> groups_;
};

/// What is wrong with a batch that follows the watermark `next` and moves it to `watermark_next`; empty when
/// nothing is. A batch applied twice would put positions into the wrong places, so this is always looked at.
[[nodiscard]] std::string_view fault_of(std::span<const Entry> entries, Position next, Position watermark_next);

}  // namespace varve::index
