#include "engine/retention.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "store/rules.hpp"

namespace varve::engine {
namespace {

/// Streams whose remains are remembered: about 150 bytes each.
constexpr std::size_t known_max = 64 << 10;

/// The first revision that is not too old.
Result<Revision> first_young(const log::SegmentLog& log, Catalog& catalog, std::string_view stream,
                             const StreamHead& head, std::chrono::seconds age, io::Clock& clock) {
    // What is older than the clock itself is never reached.
    const auto now = clock.now().time_since_epoch();
    if (age >= std::chrono::floor<std::chrono::seconds>(now)) return Revision{0};
    const auto begin = log.position_at(Timestamp(now - age) - std::chrono::microseconds(1));
    if (!begin) return begin.error();
    return catalog.revision_at_or_after(stream, head, *begin);
}

/// The revision behind the last one below `end`.
Result<Revision> end_of(Catalog& catalog, std::string_view stream, const StreamHead& head, Position end) {
    if (!head.last || head.last_position >= end) return catalog.revision_at_or_after(stream, head, end);
    return *head.last + 1;
}

}  // namespace

Result<Revision> first_shown(const log::SegmentLog& log, Catalog& catalog, std::string_view stream,
                             const StreamHead& head, Position end, io::Clock& clock) {
    const bool settings = store::is_settings(stream);
    const auto ruling = catalog.ruling(stream, head, end);
    if (!ruling) return ruling.error();
    if (*ruling == nullptr && !settings) return Revision{0};
    auto behind = end_of(catalog, stream, head, end);
    if (!behind || *behind == Revision{0}) return behind;
    if (settings) return *behind - 1;
    const store::Rules& rules = (*ruling)->rules;
    Revision young;
    if (rules.keeps.max_age) {
        const auto first = first_young(log, catalog, stream, head, *rules.keeps.max_age, clock);
        if (!first) return first;
        young = std::min(*first, *behind);
    }
    return store::first_shown(standing_of(*behind - 1, ruling->get()), rules, young);
}

Result<Fate> Removal::fate(const Event& event) {
    if (!removes_anything()) return Fate::kept;
    const auto left = left_of(event.stream);
    if (!left) return left.error();
    if (event.revision >= left->first) return Fate::kept;
    return event.revision == left->last && !left->ended ? Fate::hollow : Fate::gone;
}

Result<Removal::Left> Removal::left_of(std::string_view stream) {
    const std::string name(stream);
    if (const auto known = known_.find(name); known != known_.end()) return known->second;
    const auto head = catalog_.head(stream);
    if (!head) return head.error();
    const auto ruling = catalog_.ruling(stream, *head, end_);
    if (!ruling) return ruling.error();
    const auto first = first_shown(log_, catalog_, stream, *head, end_, clock_);
    if (!first) return first.error();
    const auto behind = end_of(catalog_, stream, *head, end_);
    if (!behind) return behind.error();
    Left left{.first = *first, .last = {}, .ended = *ruling != nullptr && (*ruling)->rules.ended};
    if (*behind > Revision{0}) left.last = *behind - 1;
    if (known_.size() >= known_max) known_.clear();
    known_.emplace(name, left);
    return left;
}

}  // namespace varve::engine
