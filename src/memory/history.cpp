#include "memory/history.hpp"

#include <algorithm>
#include <utility>

#include "store/conflict.hpp"
#include "store/matching.hpp"
#include "store/repeat.hpp"

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
    const auto locator = any_rules_ ? store::locator_of(commit) : std::nullopt;
    const Revision truncated = locator ? ruled(locator->stream).standing.first : Revision{0};
    auto original = originals_.find(commit, holds.ok(), truncated, records_, streams_);
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
    for (const NewEvent& event : commit.events) {
        if (!any_rules_) break;
        const std::string_view stream =
            store::is_settings(event.stream) ? store::subject_of(event.stream) : event.stream;
        if (ruled(stream).standing.ended) return store::tombstone_error(stream);
    }
    for (std::size_t number = 0; number < commit.conditions.size(); ++number) {
        if (auto holds = check(commit.conditions[number], number); !holds) return holds;
    }
    return {};
}

Result<> History::check(const Condition& condition, std::size_t number) const {
    if (const auto* stream_is = std::get_if<StreamIs>(&condition)) {
        return store::check(*stream_is, number, ruled(stream_is->stream).standing);
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
    any_rules_ = any_rules_ || store::is_settings(event.stream);
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
    if (found == streams_.end() || ruled(name).standing.state() != StreamState::live) return {};
    return info_of(*found);
}

History::Ruled History::ruled(std::string_view stream) const {
    Ruled ruled;
    const Places& places = *find(streams_, stream);
    if (!places.empty()) ruled.standing.last = Revision{places.size() - 1};
    if (!any_rules_ || store::is_settings(stream)) return ruled;
    const Places& settings = *find(streams_, store::settings_of(stream));
    if (settings.empty()) return ruled;
    ruled.settings = &records_[settings.back().value].event();
    ruled.rules = store::rules_of(ruled.settings->type, ruled.settings->data);
    ruled.standing.ended = ruled.rules.ended;
    const auto before = std::lower_bound(places.begin(), places.end(), settings.back()) - places.begin();
    ruled.standing.first = store::truncated(ruled.rules, Revision{static_cast<std::uint64_t>(before)});
    return ruled;
}

Revision History::first_shown(std::string_view stream, const Ruled& ruled, Timestamp now) const {
    if (store::is_settings(stream)) return ruled.standing.last.value_or(Revision{0});
    Revision young;
    if (ruled.rules.keeps.max_age) {
        const Places& places = *find(streams_, stream);
        // What is older than the clock itself is never reached.
        const auto oldest = std::chrono::floor<std::chrono::seconds>(now) - std::chrono::sys_seconds();
        const Timestamp begin = now - std::min(*ruled.rules.keeps.max_age, oldest);
        const auto first = std::partition_point(places.begin(), places.end(), [&](Position position) {
            return records_[position.value].event().created < begin;
        });
        young = Revision{static_cast<std::uint64_t>(first - places.begin())};
    }
    return store::first_shown(ruled.standing, ruled.rules, young);
}

StreamRetention History::retention(std::string_view stream, Timestamp now) const {
    const Ruled found = ruled(stream);
    return store::retention_of(found.standing, found.rules, first_shown(stream, found, now), found.settings);
}

std::vector<StreamInfo> History::streams(std::string_view prefix, std::string_view after, std::size_t limit) const {
    std::vector<StreamInfo> page;
    auto at = after >= prefix ? streams_.upper_bound(after) : streams_.lower_bound(prefix);
    for (; at != streams_.end() && page.size() < limit && at->first.starts_with(prefix); ++at) {
        if (ruled(at->first).standing.state() == StreamState::live) page.push_back(info_of(*at));
    }
    return page;
}

StreamInfo History::info_of(const PlacesByName::value_type& stream) {
    return {.name = stream.first, .last = Revision{stream.second.size() - 1}, .last_position = stream.second.back()};
}

Position History::end_of(const Selection& selection) const {
    return selection.as_of ? std::min(head(), position_at(*selection.as_of)) : head();
}

Slice History::select(const Selection& selection, Timestamp now) const {
    const store::Range positions = store::position_range(selection, end_of(selection));
    Slice slice{.range = positions};
    if (const auto* stream = std::get_if<Stream>(&selection.source)) {
        slice.places = find(streams_, stream->name);
        const auto by_position = indexes_of(*slice.places, positions);
        const auto by_revision = store::revision_range(selection, Revision{slice.places->size()});
        const Revision shown = first_shown(stream->name, ruled(stream->name), now);
        slice.range = {std::max({by_position.begin, by_revision.begin, shown.value}),
                       std::min(by_position.end, by_revision.end)};
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
