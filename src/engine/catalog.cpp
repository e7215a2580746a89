#include "engine/catalog.hpp"

#include <algorithm>
#include <iterator>
#include <string>

namespace varve::engine {

Error index_misses(std::string_view stream, Revision revision) {
    return {Code::data_loss,
            "the index misses revision " + std::to_string(revision.value) + " of stream '" + std::string(stream) +
                "'; close the store and delete its folder 'index': it is rebuilt when the store is opened"};
}

Result<> Catalog::apply(std::span<const index::Entry> entries, const index::Watermark& watermark) {
    auto applied = ask([&](index::Index& index) { return index.apply(entries, watermark); });
    if (!applied) return applied;
    watermark_.store(watermark.next.value, std::memory_order_release);
    table_.indexed(watermark.next);
    terms_.indexed(watermark.next);
    return {};
}

void Catalog::replace_index(std::shared_ptr<index::Index> index, Position watermark) {
    {
        const auto lock = alone();
        if (closed_) return;
        index_ = std::move(index);
    }
    watermark_.store(watermark.value, std::memory_order_release);
    table_.indexed(watermark);
    terms_.indexed(watermark);
}

void Catalog::truncate(Position end) {
    table_.truncate(end);
    terms_.truncate(end);
}

Result<StreamHead> Catalog::plain_head(std::string_view stream) {
    for (;;) {
        if (const auto known = table_.head(stream)) return *known;
        const std::uint64_t generation = table_.generation();
        auto found = ask([&](const index::Index& index) { return index.stream(stream); });
        if (!found) return std::move(found).error();
        // Were heads forgotten meanwhile, the stream may have grown and been forgotten after the index answered.
        if (table_.generation() != generation) continue;
        StreamHead head;
        if (*found) head = {.last = (*found)->last, .last_position = (*found)->last_position};
        table_.learn(stream, head);
    }
}

Result<std::vector<Position>> Catalog::stream_positions(std::string_view stream, Revision from, std::uint64_t count) {
    // The table first: what leaves it afterwards is in the index by then.
    std::vector<Position> newest;
    const auto known = table_.newest(stream, from, count, newest);
    const Revision indexed_end = known ? std::min(from + count, *known) : from + count;
    if (from >= indexed_end) return newest;
    std::vector<Position> positions;
    auto read = ask(
        [&](const index::Index& index) { return index.stream_positions(stream, from, indexed_end - from, positions); });
    if (!read) return std::move(read).error();
    if (known && from + positions.size() < indexed_end && may_miss()) {
        // What neither of them knows was removed: in its place stands the first that is known here.
        std::vector<Position> next;
        static_cast<void>(table_.newest(stream, *known, 1, next));
        if (!next.empty()) positions.resize(indexed_end - from, next.front());
    } else if (known && from + positions.size() == *known) {
        table_.learn(stream, from, positions);
    }
    positions.insert(positions.end(), newest.begin(), newest.end());
    return positions;
}

Result<Revision> Catalog::revision_at_or_after(std::string_view stream, const StreamHead& head, Position position) {
    auto found = place_at_or_after(stream, head, position);
    if (!found || !may_miss() || position == Position{0} || *found >= head.last) return found;
    // In the places of missing events stands the one behind them: that one is meant, the last of those places.
    const auto there = stream_positions(stream, *found, 1);
    if (!there || there->empty()) return there ? found : Result<Revision>(there.error());
    const auto behind = place_at_or_after(stream, head, there->front() + 1);
    return behind ? Result<Revision>(*behind - 1) : behind;
}

Result<Revision> Catalog::place_at_or_after(std::string_view stream, const StreamHead& head, Position position) {
    if (!head.last || position == Position{0}) return Revision{0};
    if (head.last_position < position) return *head.last + 1;
    Revision low{0};
    Revision high = *head.last;  // its position is >= position
    if (const auto place = table_.place_of(stream, position)) {
        if (place->found) return *place->found;
        high = place->first;
    }
    while (low < high) {
        const Revision middle{low.value + (high - low) / 2};
        auto probe = stream_positions(stream, middle, 1);
        if (!probe) return std::move(probe).error();
        if (probe->empty() && !may_miss()) return index_misses(stream, middle);
        if (probe->empty() || probe->front() < position) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

Result<std::vector<Position>> Catalog::term_positions_from(const HashedTerm& term, Position from, std::uint64_t count) {
    // The table first: what it does not hold is in the index by then.
    const auto [whole_from, tail] = terms_.tail_from(term, from, count);
    if (from >= whole_from) return tail;
    std::vector<Position> positions;
    const auto read = indexed_from(term.term, from, count, positions);
    if (!read) return read.error();
    const bool all = positions.size() < count || positions.back() >= whole_from;
    positions.erase(std::ranges::lower_bound(positions, whole_from), positions.end());
    if (all) terms_.learn({.term = term, .whole_from = whole_from}, from, positions);
    const auto room = std::min<std::size_t>(count - positions.size(), tail.size());
    positions.insert(positions.end(), tail.begin(), tail.begin() + static_cast<std::ptrdiff_t>(room));
    return positions;
}

Result<std::vector<Position>> Catalog::term_positions_until(const HashedTerm& term, Position until,
                                                            std::uint64_t count) {
    auto [whole_from, positions] = terms_.tail_until(term, until, count);
    if (positions.size() == count || whole_from == Position{0}) return std::move(positions);
    const std::size_t known = positions.size();
    const Position last = std::min(until, whole_from - 1);
    const auto read = indexed_until(term.term, last, count - known, positions);
    if (!read) return read.error();
    if (positions.size() < count && last == whole_from - 1) {
        const std::vector<Position> ascending(positions.rbegin(),
                                              positions.rend() - static_cast<std::ptrdiff_t>(known));
        terms_.learn({.term = term, .whole_from = whole_from}, Position{0}, ascending);
    }
    return std::move(positions);
}

/// What the index knows of a term, without what a compaction has removed since it was indexed.
Result<> Catalog::indexed_from(const index::Term& term, Position from, std::uint64_t count,
                               std::vector<Position>& into) const {
    for (std::vector<Position> found; count > 0; found.clear()) {
        auto read = ask([&](const index::Index& index) { return index.term_positions_from(term, from, count, found); });
        if (!read) return read;
        const bool last = found.size() < count;
        if (!last) from = found.back() + 1;
        if (may_miss() && past_ != nullptr) past_->drop_removed(found);
        into.insert(into.end(), found.begin(), found.end());
        if (last) return {};
        count -= found.size();
    }
    return {};
}

Result<> Catalog::indexed_until(const index::Term& term, Position until, std::uint64_t count,
                                std::vector<Position>& into) const {
    for (std::vector<Position> found; count > 0; found.clear()) {
        auto read =
            ask([&](const index::Index& index) { return index.term_positions_until(term, until, count, found); });
        if (!read) return read;
        const bool last = found.size() < count || found.back() == Position{0};
        if (!last) until = found.back() - 1;
        if (may_miss() && past_ != nullptr) past_->drop_removed(found);
        into.insert(into.end(), found.begin(), found.end());
        if (last) return {};
        count -= found.size();
    }
    return {};
}

void Catalog::forget_removed() {
    if (past_ != nullptr) terms_.forget([this](std::vector<Position>& positions) { past_->drop_removed(positions); });
}

Result<> Catalog::learn_last(const TermTable::Known& known) {
    if (known.whole_from == Position{0}) return {};
    std::vector<Position> last;
    auto read = indexed_until(known.term.term, known.whole_from - 1, 1, last);
    if (read) terms_.learn(known, last.empty() ? Position{0} : last.front(), last);
    return read;
}

Result<std::vector<StreamInfo>> Catalog::streams(std::string_view prefix, std::string_view after, std::size_t limit,
                                                 Position end) const {
    auto newest = table_.unindexed(prefix, after, end);
    auto indexed = ask([&](const index::Index& index) { return index.streams(prefix, after, limit); });
    if (!indexed) return std::move(indexed).error();

    std::ranges::sort(newest, {}, &StreamInfo::name);
    std::vector<StreamInfo> merged;
    merged.reserve(newest.size() + indexed->size());
    std::ranges::set_union(newest, *indexed, std::back_inserter(merged), {}, &StreamInfo::name, &StreamInfo::name);
    // Of a stream known to both, set_union took the table's word; the index was asked later and may know more.
    for (StreamInfo& stream : merged) {
        const auto same = std::ranges::lower_bound(*indexed, stream.name, {}, &StreamInfo::name);
        if (same != indexed->end() && same->name == stream.name && same->last > stream.last) stream = *same;
    }
    if (merged.size() > limit) merged.resize(limit);
    return merged;
}

Result<> Catalog::close(const Reopen& reopen) {
    const auto lock = alone();
    if (std::exchange(closed_, true)) return {};
    auto flushed = index_->flush();
    index_.reset();
    if (flushed && walks_ > 0) {
        if (auto reopened = reopen()) index_ = *std::move(reopened);
    }
    return flushed;
}

}  // namespace varve::engine
