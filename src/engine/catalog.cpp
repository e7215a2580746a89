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
    table_.indexed(entries, watermark.next);
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
}

Result<StreamHead> Catalog::head(std::string_view stream) {
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

Result<std::vector<Position>> Catalog::stream_positions(std::string_view stream, Revision from,
                                                        std::uint64_t count) const {
    std::vector<Position> positions;
    const std::uint64_t end = count > ~from.value ? ~std::uint64_t{0} : from.value + count;
    // The tail first: what leaves it afterwards is in the index by then.
    const auto tail = table_.tail(stream);
    const std::uint64_t indexed_end = tail ? std::min(end, tail->first.value) : end;
    if (from.value < indexed_end) {
        auto read = ask([&](const index::Index& index) {
            return index.stream_positions(stream, from, indexed_end - from.value, positions);
        });
        if (!read) return std::move(read).error();
    }
    if (tail && end > tail->first.value) {
        const std::uint64_t skip = from > tail->first ? from - tail->first : 0;
        const std::uint64_t stop = std::min<std::uint64_t>(end - tail->first.value, tail->positions.size());
        for (std::uint64_t i = skip; i < stop; ++i) positions.push_back(tail->positions[i]);
    }
    return positions;
}

Result<Revision> Catalog::revision_at_or_after(std::string_view stream, const StreamHead& head,
                                               Position position) const {
    if (!head.last || position == Position{0}) return Revision{0};
    if (head.last_position < position) return *head.last + 1;
    Revision low{0};
    Revision high = *head.last;  // its position is >= position
    if (const auto tail = table_.tail(stream)) {
        if (tail->positions.front() < position) {
            const auto found = std::ranges::lower_bound(tail->positions, position);
            return tail->first + static_cast<std::uint64_t>(found - tail->positions.begin());
        }
        high = tail->first;
    }
    while (low < high) {
        const Revision middle{low.value + (high - low) / 2};
        auto probe = stream_positions(stream, middle, 1);
        if (!probe) return std::move(probe).error();
        if (probe->empty()) return index_misses(stream, middle);
        if (probe->front() < position) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

Result<std::vector<Position>> Catalog::category_positions_from(std::string_view category, Position from,
                                                               std::uint64_t count) const {
    const Position end = watermark();
    std::vector<Position> positions;
    const auto read =
        ask([&](const index::Index& index) { return index.category_positions_from(category, from, count, positions); });
    if (!read) return read.error();
    positions.erase(std::ranges::lower_bound(positions, end), positions.end());
    return positions;
}

Result<std::vector<Position>> Catalog::category_positions_until(std::string_view category, Position until,
                                                                std::uint64_t count) const {
    std::vector<Position> positions;
    const auto read = ask(
        [&](const index::Index& index) { return index.category_positions_until(category, until, count, positions); });
    if (!read) return read.error();
    return positions;
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
