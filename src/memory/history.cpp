#include "memory/history.hpp"

#include <algorithm>
#include <utility>

#include "store/conflict.hpp"
#include "store/matching.hpp"

namespace varve::memory {
namespace {

const Places* find(const std::map<std::string, Places, std::less<>>& map, std::string_view name) {
    static const Places none;
    const auto found = map.find(name);
    return found == map.end() ? &none : &found->second;
}

/// The part of `places` (as indexes) whose positions lie in the range.
store::Range indexes_of(const Places& places, store::Range positions) {
    const auto index_of = [&](std::uint64_t position) {
        return static_cast<std::uint64_t>(std::lower_bound(places.begin(), places.end(), Position{position}) -
                                          places.begin());
    };
    return {index_of(positions.begin), index_of(positions.end)};
}

}  // namespace

Result<Receipt> History::append(Commit commit, Timestamp now) {
    if (auto original = originals_.find_command(commit.command_id)) return *std::move(original);
    const Result<> holds = check(commit);
    auto original = originals_.find(commit, holds.ok(), records_, streams_);
    if (!original) return std::move(original).error();
    if (*original) {
        (*original)->durability = Durability::volatile_;
        return **std::move(original);
    }
    if (!holds) return holds.error();

    const Timestamp time = records_.empty() ? now : std::max(now, records_.back().event().created);
    Receipt receipt{.first = head(),
                    .last = head() + (commit.events.size() - 1),
                    .time = time,
                    .durability = Durability::volatile_};
    for (NewEvent& event : commit.events) add(std::move(event), time);
    ++commits_;

    std::map<std::string_view, std::size_t> line_of;
    for (Position position = receipt.first; position <= receipt.last; ++position) {
        const Event& event = records_[position.value].event();
        const auto [line, fresh] = line_of.emplace(event.stream, receipt.streams.size());
        if (fresh) receipt.streams.push_back({.stream = std::string(event.stream), .last = {}});
        receipt.streams[line->second].last = event.revision;
    }
    originals_.add(commit.command_id, receipt);
    return receipt;
}

Result<> History::check(const Commit& commit) const {
    for (std::size_t number = 0; number < commit.conditions.size(); ++number) {
        if (auto holds = check(commit.conditions[number], number); !holds) return holds;
    }
    return {};
}

Result<> History::check(const Condition& condition, std::size_t number) const {
    if (const auto* stream_is = std::get_if<StreamIs>(&condition)) {
        const auto head = stream(stream_is->stream);
        return store::check(*stream_is, number, head ? std::optional(head->last) : std::nullopt);
    }
    const auto& unmatched = std::get<NoEventMatches>(condition);
    const Position begin = unmatched.after ? *unmatched.after + 1 : Position{0};
    const Places found = places_of(unmatched.query, {begin.value, head().value});
    return store::check(unmatched, number, found.empty() ? std::nullopt : std::optional(found.front()));
}

Places History::places_of(const Query& query, store::Range positions) const {
    Places found;
    for (; !positions.empty(); ++positions.begin) {
        const Event& event = records_[positions.begin].event();
        if (store::matches(query, event.type, event.tags)) found.push_back(event.position);
    }
    return found;
}

void History::add(NewEvent event, Timestamp time) {
    const Position position = head();
    Places& stream = streams_[event.stream];
    const Revision revision{stream.size()};
    stream.push_back(position);
    categories_[std::string(category_of(event.stream))].push_back(position);
    originals_.add(records_.emplace_back(std::move(event), position, revision, time).event());
}

Position History::position_at(Timestamp time) const {
    const auto after = std::partition_point(records_.begin(), records_.end(),
                                            [&](const Record& record) { return record.event().created <= time; });
    return Position{static_cast<std::uint64_t>(after - records_.begin())};
}

std::optional<StreamInfo> History::stream(std::string_view name) const {
    const auto found = streams_.find(name);
    if (found == streams_.end()) return {};
    return info_of(*found);
}

std::vector<StreamInfo> History::streams(std::string_view prefix, std::string_view after, std::size_t limit) const {
    std::vector<StreamInfo> page;
    auto at = after >= prefix ? streams_.upper_bound(after) : streams_.lower_bound(prefix);
    for (; at != streams_.end() && page.size() < limit && at->first.starts_with(prefix); ++at)
        page.push_back(info_of(*at));
    return page;
}

StreamInfo History::info_of(const PlacesByName::value_type& stream) {
    return {.name = stream.first, .last = Revision{stream.second.size() - 1}, .last_position = stream.second.back()};
}

Position History::end_of(const Selection& selection) const {
    return selection.as_of ? std::min(head(), position_at(*selection.as_of)) : head();
}

Slice History::select(const Selection& selection) const {
    const store::Range positions = store::position_range(selection, end_of(selection));
    Slice slice{.range = positions};
    if (const auto* stream = std::get_if<Stream>(&selection.source)) {
        slice.places = find(streams_, stream->name);
        const auto by_position = indexes_of(*slice.places, positions);
        const auto by_revision = store::revision_range(selection, Revision{slice.places->size()});
        slice.range = {std::max(by_position.begin, by_revision.begin), std::min(by_position.end, by_revision.end)};
    } else if (const auto* category = std::get_if<Category>(&selection.source)) {
        slice.places = find(categories_, category->name);
        slice.range = indexes_of(*slice.places, positions);
    } else if (const auto* query = std::get_if<Query>(&selection.source)) {
        slice.found = std::make_shared<const Places>(places_of(*query, positions));
        slice.places = slice.found.get();
        slice.range = {0, slice.places->size()};
    }
    slice.range = store::clipped(slice.range, selection.direction, selection.limit);
    return slice;
}

const Event& History::at(const Slice& slice, std::uint64_t n) const {
    return records_[slice.places == nullptr ? n : (*slice.places)[n].value].event();
}

}  // namespace varve::memory
