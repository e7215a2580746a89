#include "engine/stream_table.hpp"

#include <algorithm>

namespace varve::engine {

StreamTable::Entry* StreamTable::find(std::string_view stream) {
    if (const auto found = young_.find(stream); found != young_.end()) return &found->second;
    const auto found = old_.find(stream);
    if (found == old_.end()) return nullptr;
    return &young_.insert(old_.extract(found)).position->second;
}

const StreamTable::Entry* StreamTable::find(std::string_view stream) const {
    if (const auto found = young_.find(stream); found != young_.end()) return &found->second;
    const auto found = old_.find(stream);
    return found == old_.end() ? nullptr : &found->second;
}

void StreamTable::rotate() {
    for (auto it = old_.begin(); it != old_.end();) {
        const auto here = it++;
        if (!here->second.unindexed.empty()) young_.insert(old_.extract(here));
    }
    old_ = std::move(young_);
    young_ = {};
    ++generation_;
}

std::optional<StreamHead> StreamTable::head(std::string_view stream) {
    const std::lock_guard lock(mutex_);
    const Entry* entry = find(stream);
    return entry != nullptr ? std::optional(entry->head) : std::nullopt;
}

std::uint64_t StreamTable::generation() const {
    const std::lock_guard lock(mutex_);
    return generation_;
}

void StreamTable::learn(std::string_view stream, const StreamHead& head) {
    const std::lock_guard lock(mutex_);
    if (find(stream) != nullptr) return;
    if (young_.size() >= half_) rotate();
    young_.emplace(std::string(stream), Entry{.head = head, .unindexed = {}});
}

void StreamTable::add(std::string_view stream, Revision first, Position position, std::uint32_t count) {
    const std::lock_guard lock(mutex_);
    Entry* entry = find(stream);
    if (entry == nullptr) entry = &young_[std::string(stream)];
    for (std::uint32_t i = 0; i < count; ++i) entry->unindexed.push_back(position + i);
    entry->head = {.last = first + (count - 1), .last_position = position + (count - 1)};
}

void StreamTable::indexed(std::span<const index::Entry> entries, Position watermark) {
    const std::lock_guard lock(mutex_);
    for (const index::Entry& indexed : entries) {
        Map& age = young_.contains(indexed.stream) ? young_ : old_;
        const auto found = age.find(indexed.stream);
        if (found == age.end()) continue;
        drop_indexed(found->second.unindexed, watermark);
    }
}

void StreamTable::indexed(Position watermark) {
    const std::lock_guard lock(mutex_);
    for (Map* age : {&young_, &old_}) {
        for (auto& [name, entry] : *age) drop_indexed(entry.unindexed, watermark);
    }
}

void StreamTable::drop_indexed(std::vector<Position>& unindexed, Position watermark) {
    if (unindexed.empty() || unindexed.front() >= watermark) return;
    unindexed.erase(unindexed.begin(), std::ranges::lower_bound(unindexed, watermark));
    if (unindexed.empty()) unindexed.shrink_to_fit();
}

void StreamTable::truncate(Position end) {
    const std::lock_guard lock(mutex_);
    for (Map* age : {&young_, &old_}) {
        for (auto it = age->begin(); it != age->end();) {
            auto& [head, unindexed] = it->second;
            if (!head.last || head.last_position < end) {
                ++it;
                continue;
            }
            const auto first_gone = std::ranges::lower_bound(unindexed, end);
            const auto gone = static_cast<std::uint64_t>(unindexed.end() - first_gone);
            unindexed.erase(first_gone, unindexed.end());
            if (unindexed.empty()) {
                it = age->erase(it);  // the index knows what is left
            } else {
                head = {.last = *head.last - gone, .last_position = unindexed.back()};
                ++it;
            }
        }
    }
    ++generation_;
}

std::optional<StreamTail> StreamTable::tail(std::string_view stream) const {
    const std::lock_guard lock(mutex_);
    const Entry* entry = find(stream);
    if (entry == nullptr || entry->unindexed.empty()) return std::nullopt;
    return StreamTail{
        .first = *entry->head.last - (entry->unindexed.size() - 1), .positions = entry->unindexed, .head = entry->head};
}

std::vector<StreamInfo> StreamTable::unindexed(std::string_view prefix, std::string_view after, Position end) const {
    const std::lock_guard lock(mutex_);
    std::vector<StreamInfo> found;
    for (const Map* age : {&young_, &old_}) {
        for (const auto& [name, entry] : *age) {
            if (entry.unindexed.empty() || entry.unindexed.front() >= end) continue;
            if (!name.starts_with(prefix) || name <= after) continue;
            const auto past_end = std::ranges::lower_bound(entry.unindexed, end);
            const auto beyond = static_cast<std::uint64_t>(entry.unindexed.end() - past_end);
            found.push_back({.name = name, .last = *entry.head.last - beyond, .last_position = *(past_end - 1)});
        }
    }
    return found;
}

}  // namespace varve::engine
