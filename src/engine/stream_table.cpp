#include "engine/stream_table.hpp"

#include <algorithm>
#include <utility>

#include "base/hash.hpp"

namespace varve::engine {
namespace {

/// Positions kept of a stream that the index knows too: short streams, and the ends of long ones, are read without
/// asking it.
constexpr std::size_t newest_kept = 16;

}  // namespace

std::size_t StreamTable::Hash::operator()(std::string_view name) const {
    return xxh3_64(name);
}

StreamTable::Entry* StreamTable::find(std::string_view stream) {
    const auto found = names_.find(stream);
    if (found == names_.end()) return nullptr;
    found->second->used = true;
    return found->second;
}

StreamTable::Entry& StreamTable::insert(std::string_view stream) {
    if (names_.size() >= room_needed_at_) make_room();
    if (free_.empty()) free_.push_back(&entries_.emplace_back());
    Entry& entry = *free_.back();
    free_.pop_back();
    entry.name = stream;
    names_.emplace(entry.name, &entry);
    return entry;
}

/// Forgets much at once: whoever asks the index meanwhile has to ask again after a forgetting. And between two
/// forgettings there must be room for the streams of the largest commit twice, or those that it learned first would be
/// forgotten for those that it learns last, again and again.
void StreamTable::make_room() {
    const std::size_t wanted = capacity_ / 8 * 5 + 1;
    std::size_t freed = 0;
    for (std::size_t steps = 2 * entries_.size(); steps > 0 && freed < wanted; --steps) {
        Entry& entry = entries_[hand_];
        hand_ = (hand_ + 1) % entries_.size();
        if (entry.name.empty()) continue;
        // A ruling is learned anew from what is written: it must be.
        const bool indexed = (!entry.head.last || entry.head.last_position < watermark_) &&
                             (entry.head.ruling == nullptr || entry.head.ruling->at < watermark_);
        if (!std::exchange(entry.used, false) && indexed) {
            forget(entry);
            ++freed;
        }
    }
    if (freed > 0) ++generation_;
    room_needed_at_ = std::max(capacity_, names_.size() + wanted);
}

void StreamTable::forget(Entry& entry) {
    names_.erase(entry.name);
    positions_ -= entry.newest.size();
    entry = {};
    free_.push_back(&entry);
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
    Entry& entry = insert(stream);
    entry.head = head;
    if (head.last) {
        entry.newest = {head.last_position};
        ++positions_;
    }
}

void StreamTable::learn(std::string_view stream, Revision from, std::span<const Position> positions) {
    const std::lock_guard lock(mutex_);
    Entry* entry = find(stream);
    if (entry == nullptr || entry->newest.empty() || from + positions.size() != entry->first()) return;
    if (entry->newest.size() >= newest_kept) return;
    const std::size_t count = std::min(newest_kept - entry->newest.size(), positions.size());
    const auto added = positions.last(count);
    entry->newest.insert(entry->newest.begin(), added.begin(), added.end());
    positions_ += count;
}

void StreamTable::learn(std::string_view stream, std::shared_ptr<const Ruling> ruling, std::uint64_t generation) {
    const std::lock_guard lock(mutex_);
    Entry* entry = find(stream);
    if (entry == nullptr || entry->head.ruled || generation_ != generation) return;
    entry->head.ruled = true;
    entry->head.ruling = std::move(ruling);
}

void StreamTable::unlearn_ruling(std::string_view stream) {
    const std::lock_guard lock(mutex_);
    found_rules();
    ++generation_;
    if (Entry* entry = find(stream); entry != nullptr) {
        entry->head.ruled = false;
        entry->head.ruling.reset();
    }
}

void StreamTable::add(std::string_view stream, Revision first, Position position, std::uint32_t count) {
    const std::lock_guard lock(mutex_);
    Entry* entry = find(stream);
    add(entry != nullptr ? *entry : insert(stream), first, position, count);
}

void StreamTable::add(Entry& entry, Revision first, Position position, std::uint32_t count) {
    if (entry.newest.size() >= newest_kept) trim(entry, newest_kept / 2);
    // Of events that a compaction has removed, the place is that of the one after them.
    const std::uint64_t missing = entry.newest.empty() ? 0 : first - (*entry.head.last + 1);
    entry.newest.insert(entry.newest.end(), missing, position);
    for (std::uint32_t i = 0; i < count; ++i) entry.newest.push_back(position + i);
    positions_ += missing + count;
    entry.head.last = first + (count - 1);
    entry.head.last_position = position + (count - 1);
}

/// Leaves what the index lacks, and at least `keep`.
void StreamTable::trim(Entry& entry, std::size_t keep) {
    const auto indexed = std::ranges::lower_bound(entry.newest, watermark_) - entry.newest.begin();
    const auto spare = static_cast<std::ptrdiff_t>(entry.newest.size()) - static_cast<std::ptrdiff_t>(keep);
    const auto gone = std::min(indexed, spare);
    if (gone <= 0) return;
    entry.newest.erase(entry.newest.begin(), entry.newest.begin() + gone);
    if (entry.newest.capacity() > 4 * newest_kept) entry.newest.shrink_to_fit();
    positions_ -= static_cast<std::uint64_t>(gone);
}

void StreamTable::indexed(Position watermark) {
    const std::lock_guard lock(mutex_);
    watermark_ = watermark;
    if (positions_ < trim_at_) return;
    for (Entry& entry : entries_) {
        if (entry.newest.size() > newest_kept) trim(entry, newest_kept);
    }
    trim_at_ = std::max(trim_at_min, 2 * positions_);
}

void StreamTable::truncate(Position end) {
    const std::lock_guard lock(mutex_);
    for (Entry& entry : entries_) {
        auto& [last, last_position, ruled, ruling] = entry.head;
        if (ruling != nullptr && ruling->at >= end) {
            ruled = false;
            ruling.reset();
        }
        if (!last || last_position < end) continue;
        const auto first_gone = std::ranges::lower_bound(entry.newest, end);
        const auto gone = static_cast<std::uint64_t>(entry.newest.end() - first_gone);
        if (gone == entry.newest.size()) {
            forget(entry);  // the index knows what is left
            continue;
        }
        entry.newest.erase(first_gone, entry.newest.end());
        positions_ -= gone;
        last = *last - gone;
        last_position = entry.newest.back();
    }
    ++generation_;
}

std::optional<Revision> StreamTable::newest(std::string_view stream, Revision from, std::uint64_t count,
                                            std::vector<Position>& into) {
    const std::lock_guard lock(mutex_);
    const Entry* entry = find(stream);
    if (entry == nullptr || entry->newest.empty()) return std::nullopt;
    const Revision first = entry->first();
    const Revision end = std::min(from + count, *entry->head.last + 1);
    for (Revision revision = std::max(from, first); revision < end; ++revision) {
        into.push_back(entry->newest[revision - first]);
    }
    return first;
}

std::optional<StreamTable::Place> StreamTable::place_of(std::string_view stream, Position position) {
    const std::lock_guard lock(mutex_);
    const Entry* entry = find(stream);
    if (entry == nullptr || entry->newest.empty()) return std::nullopt;
    Place place{.first = entry->first(), .found = {}};
    if (entry->newest.front() < position) {
        const auto found = std::ranges::lower_bound(entry->newest, position);
        place.found = place.first + static_cast<std::uint64_t>(found - entry->newest.begin());
    }
    return place;
}

std::vector<StreamInfo> StreamTable::unindexed(std::string_view prefix, std::string_view after, Position end) const {
    const std::lock_guard lock(mutex_);
    std::vector<StreamInfo> found;
    for (const Entry& entry : entries_) {
        const std::vector<Position>& newest = entry.newest;
        if (newest.empty() || newest.back() < watermark_) continue;
        if (*std::ranges::lower_bound(newest, watermark_) >= end) continue;
        if (!entry.name.starts_with(prefix) || entry.name <= after) continue;
        const auto past_end = std::ranges::lower_bound(newest, end);
        const auto beyond = static_cast<std::uint64_t>(newest.end() - past_end);
        found.push_back({.name = entry.name, .last = *entry.head.last - beyond, .last_position = *(past_end - 1)});
    }
    return found;
}

}  // namespace varve::engine
