#include "engine/term_table.hpp"

#include <algorithm>

namespace varve::engine {
namespace {

/// Entries settled before others get a turn at the lock.
constexpr int settled_at_once = 128;
/// Indexed positions are dropped when there are so many of them: some at a time costs less than one by one.
constexpr std::size_t trimmed_at = 2 * TermTable::kept;

}  // namespace

Position TermTable::floor() const {
    const std::lock_guard lock(mutex_);
    return floor_;
}

TermTable::Entry* TermTable::find(const HashedTerm& term) {
    if (const auto found = young_.find(term); found != young_.end()) return &found->second;
    const auto found = old_.find(term);
    if (found == old_.end()) return nullptr;
    return &young_.insert(old_.extract(found)).position->second;
}

TermTable::Entry& TermTable::find_or_add(const HashedTerm& term) {
    if (Entry* entry = find(term)) return *entry;
    // As many as are kept for the index's sake must come anew before they are gone through again.
    if (young_.size() >= std::max(half_, old_.size())) rotate();
    return young_
        .emplace(Key{.kind = term.term.kind, .hash = term.hash, .name = std::string(term.term.name)},
                 Entry{.whole_from = floor_, .queued = false, .positions = {}})
        .first->second;
}

void TermTable::rotate() {
    for (auto it = old_.begin(); it != old_.end();) {
        const auto here = it++;
        if (here->second.queued) young_.insert(old_.extract(here));
    }
    old_ = std::move(young_);
    young_ = {};
}

void TermTable::trim(Entry& entry) const {
    const auto indexed_end = std::ranges::lower_bound(entry.positions, floor_);
    const auto indexed = static_cast<std::size_t>(indexed_end - entry.positions.begin());
    if (indexed <= trimmed_at) return;
    const auto first_kept = indexed_end - static_cast<std::ptrdiff_t>(kept);
    entry.whole_from = *(first_kept - 1) + 1;
    entry.positions.erase(entry.positions.begin(), first_kept);
    if (entry.positions.capacity() > 4 * (entry.positions.size() + kept)) entry.positions.shrink_to_fit();
}

void TermTable::add(const TermUses& uses, Position first) {
    const std::lock_guard lock(mutex_);
    // Found once for each term: a queued entry stays where it is, whatever is added after it.
    added_to_.assign(uses.terms().size(), nullptr);
    for (const TermUses::Run& run : uses.runs()) {
        Entry*& entry = added_to_[run.term];
        if (entry == nullptr) {
            entry = &find_or_add(uses.terms()[run.term]);
            if (!std::exchange(entry->queued, true)) unsettled_.emplace_back(first + run.first, entry);
        }
        for (std::uint32_t n = 0; n < run.count; ++n) entry->positions.push_back(first + (run.first + n));
    }
}

void TermTable::indexed(Position watermark) {
    {
        const std::lock_guard lock(mutex_);
        floor_ = std::max(floor_, watermark);
    }
    for (bool more = true; more;) {
        const std::lock_guard lock(mutex_);
        for (int n = 0; n < settled_at_once; ++n) {
            more = !unsettled_.empty() && unsettled_.front().first < watermark;
            if (!more) break;
            Entry& entry = *unsettled_.front().second;
            unsettled_.pop_front();
            trim(entry);
            const auto unindexed = std::ranges::lower_bound(entry.positions, floor_);
            entry.queued = unindexed != entry.positions.end();
            if (entry.queued) unsettled_.emplace_back(*unindexed, &entry);
        }
    }
}

void TermTable::truncate(Position end) {
    const std::lock_guard lock(mutex_);
    for (Map* age : {&young_, &old_}) {
        for (auto& [key, entry] : *age) {
            entry.positions.erase(std::ranges::lower_bound(entry.positions, end), entry.positions.end());
        }
    }
}

void TermTable::forget(const std::function<void(std::vector<Position>&)>& drop) {
    const std::lock_guard lock(mutex_);
    for (Map* age : {&young_, &old_}) {
        for (auto& [key, entry] : *age) drop(entry.positions);
    }
}

TermTable::Lists TermTable::lists_of(const QueryCheck::Item& item) {
    Lists lists;
    lists.tags.reserve(item.tags.size());
    lists.types.reserve(item.types.size());
    for (const HashedTerm& tag : item.tags) lists.tags.push_back(find(tag));
    for (const HashedTerm& type : item.types) lists.types.push_back(find(type));
    return lists;
}

bool TermTable::tell(const Lists& lists, Position from) const {
    const auto whole = [&](const Entry* entry) { return whole_from(entry) <= from; };
    // One tag that is nowhere in between is enough, whatever the others are.
    const auto excludes = [&](const Entry* entry) {
        if (entry == nullptr || !whole(entry)) return false;
        const auto first = std::ranges::lower_bound(entry->positions, from);
        return first == entry->positions.end() || *first >= floor_;
    };
    return from >= floor_ || std::ranges::any_of(lists.tags, excludes) ||
           (!lists.types.empty() && std::ranges::all_of(lists.types, excludes)) ||
           (std::ranges::all_of(lists.tags, whole) && std::ranges::all_of(lists.types, whole));
}

bool TermTable::can_decide(const QueryCheck& check) {
    const std::lock_guard lock(mutex_);
    return std::ranges::all_of(check.items,
                               [&](const QueryCheck::Item& item) { return tell(lists_of(item), check.clean); });
}

bool TermTable::decide(std::span<QueryCheck> checks) {
    if (checks.empty()) return true;
    const std::lock_guard lock(mutex_);
    std::vector<std::optional<Position>> found(checks.size());
    for (std::size_t n = 0; n < checks.size(); ++n) {
        const QueryCheck& check = checks[n];
        found[n] = check.found;
        if (check.found) continue;
        for (const QueryCheck::Item& item : check.items) {
            const Lists lists = lists_of(item);
            if (!tell(lists, check.clean)) return false;
            const auto match = first_match(lists, check.clean);
            if (match && (!found[n] || *match < *found[n])) found[n] = match;
        }
    }
    for (std::size_t n = 0; n < checks.size(); ++n) checks[n].found = found[n];
    return true;
}

std::optional<Position> TermTable::first_match(const Lists& lists, Position from) {
    const auto first_of = [](const Entry* entry, Position at) -> std::optional<Position> {
        if (entry == nullptr) return std::nullopt;
        const auto found = std::ranges::lower_bound(entry->positions, at);
        return found == entry->positions.end() ? std::nullopt : std::optional(*found);
    };
    for (Position at = from;;) {
        const Position asked = at;
        for (const Entry* tag : lists.tags) {
            const auto found = first_of(tag, at);
            if (!found) return std::nullopt;
            at = *found;
        }
        std::optional<Position> nearest;
        for (const Entry* type : lists.types) {
            const auto found = first_of(type, at);
            if (found && (!nearest || *found < *nearest)) nearest = found;
        }
        if (!lists.types.empty() && !nearest) return std::nullopt;
        if (nearest) at = *nearest;
        if (at == asked) return at;  // nobody moved it: all of them have it
    }
}

std::vector<TermTable::Known> TermTable::lacking(const QueryCheck& check) {
    const std::lock_guard lock(mutex_);
    std::vector<Known> terms;
    const auto add_lacking = [&](const HashedTerm& term) {
        const Position from = whole_from(find(term));
        if (from > check.clean) terms.push_back({.term = term, .whole_from = from});
    };
    for (const QueryCheck::Item& item : check.items) {
        std::ranges::for_each(item.tags, add_lacking);
        std::ranges::for_each(item.types, add_lacking);
    }
    return terms;
}

void TermTable::learn(const Known& known, Position from, std::span<const Position> positions) {
    if (positions.size() > kept) return;
    const std::lock_guard lock(mutex_);
    if (known.whole_from != whole_from(find(known.term))) return;
    Entry& entry = find_or_add(known.term);
    entry.positions.insert(entry.positions.begin(), positions.begin(), positions.end());
    entry.whole_from = from;
}

TermTable::Tail TermTable::tail_from(const HashedTerm& term, Position from, std::uint64_t count) {
    const std::lock_guard lock(mutex_);
    const Entry* entry = find(term);
    Tail tail{.whole_from = whole_from(entry), .positions = {}};
    if (entry == nullptr) return tail;
    const auto first = std::ranges::lower_bound(entry->positions, from);
    const auto left = static_cast<std::uint64_t>(entry->positions.end() - first);
    tail.positions.assign(first, first + static_cast<std::ptrdiff_t>(std::min(count, left)));
    return tail;
}

TermTable::Tail TermTable::tail_until(const HashedTerm& term, Position until, std::uint64_t count) {
    const std::lock_guard lock(mutex_);
    const Entry* entry = find(term);
    Tail tail{.whole_from = whole_from(entry), .positions = {}};
    if (entry == nullptr) return tail;
    auto at = std::ranges::upper_bound(entry->positions, until);
    for (; count != 0 && at != entry->positions.begin(); --count) tail.positions.push_back(*--at);
    return tail;
}

}  // namespace varve::engine
