#include "index/grouping.hpp"

#include <algorithm>
#include <cstdint>
#include <unordered_map>

#include "varve/event.hpp"

namespace varve::index {

/// A counting sort: number the names, count their events, then put each position into its name's stretch.
template <class Name>
Groups::Groups(std::span<const Entry> entries, Name name_of) : positions_(entries.size()) {
    std::unordered_map<std::string_view, std::uint32_t> number_of;
    std::vector<std::uint32_t> numbers;
    std::vector<std::size_t> counts;
    numbers.reserve(entries.size());
    for (const Entry& entry : entries) {
        const std::string_view name = name_of(entry);
        const auto [found, fresh] = number_of.try_emplace(name, static_cast<std::uint32_t>(groups_.size()));
        if (fresh) {
            groups_.push_back({.name = name, .first = entry.revision, .positions = {}});
            counts.push_back(0);
        }
        numbers.push_back(found->second);
        ++counts[found->second];
    }

    std::vector<Position*> ends;
    ends.reserve(groups_.size());
    Position* stretch = positions_.data();
    for (std::size_t number = 0; number < groups_.size(); ++number) {
        groups_[number].positions = {stretch, counts[number]};
        ends.push_back(stretch);
        stretch += counts[number];
    }
    for (std::size_t i = 0; i < entries.size(); ++i) *ends[numbers[i]]++ = entries[i].position;
    std::sort(groups_.begin(), groups_.end(), [](const Group& a, const Group& b) { return a.name < b.name; });
}

Groups Groups::by_stream(std::span<const Entry> entries) {
    return {entries, [](const Entry& entry) { return entry.stream; }};
}

Groups Groups::by_category(std::span<const Entry> entries) {
    return {entries, [](const Entry& entry) { return category_of(entry.stream); }};
}

std::string_view fault_of(std::span<const Entry> entries, Position next, Position watermark_next) {
    if (watermark_next < next) return "its watermark goes back";
    for (const Entry& entry : entries) {
        if (entry.position < next) return "its positions do not ascend from the watermark on";
        next = entry.position + 1;
    }
    if (next > watermark_next) return "it reaches beyond its own watermark";
    return {};
}

}  // namespace varve::index
