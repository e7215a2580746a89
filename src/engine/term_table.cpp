#include "engine/term_table.hpp"

#include <algorithm>

namespace varve::engine {
namespace {

/// Entries settled before others get a turn at the lock.
constexpr int settled_at_once = 128;
/// A list that was longer gives its memory back.
constexpr std::size_t kept_capacity = 16;

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

const TermTable::Entry* TermTable::look(const HashedTerm& term) const {
    if (const auto found = young_.find(term); found != young_.end()) return &found->second;
    const auto found = old_.find(term);
    return found == old_.end() ? nullptr : &found->second;
}

TermTable::Entry& TermTable::find_or_add(const HashedTerm& term) {
    if (Entry* entry = find(term)) return *entry;
    // As many as are kept for the index's sake must come anew before they are gone through again.
    if (young_.size() >= std::max(half_, old_.size())) rotate();
    return young_.emplace(Key{.kind = term.term.kind, .hash = term.hash, .name = std::string(term.term.name)}, Entry{})
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

void TermTable::settle(Entry& entry) const {
    if (entry.unindexed.empty() || entry.unindexed.front() >= floor_) return;
    const auto rest = std::ranges::lower_bound(entry.unindexed, floor_);
    entry.known = true;
    entry.last = *(rest - 1);
    entry.unindexed.erase(entry.unindexed.begin(), rest);
    if (entry.unindexed.empty() && entry.unindexed.capacity() > kept_capacity) entry.unindexed.shrink_to_fit();
}

void TermTable::add(const TermUses& uses, Position first) {
    const std::lock_guard lock(mutex_);
    // Found once for each term: a queued entry stays where it is, whatever is added after it.
    std::vector<Entry*> entries(uses.terms().size());
    for (const TermUses::Run& run : uses.runs()) {
        Entry*& entry = entries[run.term];
        if (entry == nullptr) {
            entry = &find_or_add(uses.terms()[run.term]);
            settle(*entry);
            if (!std::exchange(entry->queued, true)) unsettled_.emplace_back(first + run.first, entry);
        }
        for (std::uint32_t n = 0; n < run.count; ++n) entry->unindexed.push_back(first + (run.first + n));
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
            settle(entry);
            entry.queued = !entry.unindexed.empty();
            if (entry.queued) unsettled_.emplace_back(entry.unindexed.front(), &entry);
        }
    }
}

void TermTable::truncate(Position end) {
    const std::lock_guard lock(mutex_);
    for (Map* age : {&young_, &old_}) {
        for (auto& [key, entry] : *age) {
            entry.unindexed.erase(std::ranges::lower_bound(entry.unindexed, end), entry.unindexed.end());
        }
    }
}

bool TermTable::may_hold(const HashedTerm& term, Position from) {
    Entry* entry = find(term);
    if (entry == nullptr) return true;
    settle(*entry);
    return !entry->known || (entry->last && *entry->last >= from);
}

bool TermTable::may_break_below_floor(const QueryCheck& check) {
    const auto may = [&](const HashedTerm& term) { return may_hold(term, check.clean); };
    return std::ranges::any_of(check.items, [&](const QueryCheck::Item& item) {
        return std::ranges::all_of(item.tags, may) && (item.types.empty() || std::ranges::any_of(item.types, may));
    });
}

bool TermTable::excludes(const QueryCheck& check, Position floor) {
    const std::lock_guard lock(mutex_);
    return floor == floor_ && !may_break_below_floor(check);
}

bool TermTable::decide(std::span<QueryCheck> checks) {
    if (checks.empty()) return true;
    const std::lock_guard lock(mutex_);
    for (QueryCheck& check : checks) {
        if (check.found || check.clean >= floor_) continue;
        if (may_break_below_floor(check)) return false;
        check.clean = floor_;
    }
    for (QueryCheck& check : checks) {
        if (check.found) continue;
        for (const QueryCheck::Item& item : check.items) {
            const auto match = first_match(item, check.clean);
            if (match && (!check.found || *match < *check.found)) check.found = match;
        }
    }
    return true;
}

std::optional<Position> TermTable::first_match(const QueryCheck::Item& item, Position from) const {
    using Positions = const std::vector<Position>*;
    const auto positions_of = [this](const HashedTerm& term) -> Positions {
        const Entry* entry = look(term);
        return entry != nullptr && !entry->unindexed.empty() ? &entry->unindexed : nullptr;
    };
    const auto first_of = [](Positions positions, Position at) {
        const auto found = std::ranges::lower_bound(*positions, at);
        return found == positions->end() ? std::nullopt : std::optional(*found);
    };
    std::vector<Positions> tags;
    for (const HashedTerm& tag : item.tags) {
        tags.push_back(positions_of(tag));
        if (tags.back() == nullptr) return std::nullopt;
    }
    std::vector<Positions> types;
    for (const HashedTerm& type : item.types) {
        if (const Positions positions = positions_of(type)) types.push_back(positions);
    }
    if (!item.types.empty() && types.empty()) return std::nullopt;
    for (Position at = from;;) {
        const Position asked = at;
        for (const Positions tag : tags) {
            const auto found = first_of(tag, at);
            if (!found) return std::nullopt;
            at = *found;
        }
        std::optional<Position> nearest;
        for (const Positions type : types) {
            const auto found = first_of(type, at);
            if (found && (!nearest || *found < *nearest)) nearest = found;
        }
        if (!types.empty() && !nearest) return std::nullopt;
        if (nearest) at = *nearest;
        if (at == asked) return at;  // nobody moved it: all of them have it
    }
}

std::vector<HashedTerm> TermTable::unknown(const QueryCheck& check) {
    const std::lock_guard lock(mutex_);
    std::vector<HashedTerm> terms;
    const auto add_unknown = [&](const HashedTerm& term) {
        Entry* entry = find(term);
        if (entry != nullptr) settle(*entry);
        if (entry == nullptr || !entry->known) terms.push_back(term);
    };
    for (const QueryCheck::Item& item : check.items) {
        std::ranges::for_each(item.tags, add_unknown);
        std::ranges::for_each(item.types, add_unknown);
    }
    return terms;
}

void TermTable::learn(const HashedTerm& term, std::optional<Position> last, Position floor) {
    const std::lock_guard lock(mutex_);
    if (floor != floor_) return;
    Entry& entry = find_or_add(term);
    settle(entry);
    if (entry.known) return;
    entry.known = true;
    entry.last = last;
}

TermTable::Tail TermTable::tail_from(const HashedTerm& term, Position from, std::uint64_t count) const {
    const std::lock_guard lock(mutex_);
    Tail tail{.floor = floor_, .positions = {}};
    const Entry* entry = look(term);
    if (entry == nullptr) return tail;
    const auto first = std::ranges::lower_bound(entry->unindexed, std::max(from, floor_));
    const auto left = static_cast<std::uint64_t>(entry->unindexed.end() - first);
    tail.positions.assign(first, first + static_cast<std::ptrdiff_t>(std::min(count, left)));
    return tail;
}

TermTable::Tail TermTable::tail_until(const HashedTerm& term, Position until, std::uint64_t count) const {
    const std::lock_guard lock(mutex_);
    Tail tail{.floor = floor_, .positions = {}};
    const Entry* entry = look(term);
    if (entry == nullptr) return tail;
    auto at = std::ranges::upper_bound(entry->unindexed, until);
    for (; count != 0 && at != entry->unindexed.begin() && *(at - 1) >= floor_; --count) {
        tail.positions.push_back(*--at);
    }
    return tail;
}

}  // namespace varve::engine
