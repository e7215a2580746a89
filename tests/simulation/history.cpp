#include "simulation/history.hpp"

#include <algorithm>
#include <set>
#include <variant>

namespace varve::simulation {
namespace {

bool of_source(const Kept& kept, const Source& source) {
    if (const auto* stream = std::get_if<Stream>(&source)) return kept.event.stream == stream->name;
    if (const auto* category = std::get_if<Category>(&source)) {
        return category_of(kept.event.stream) == category->name;
    }
    if (const auto* query = std::get_if<Query>(&source)) return fits(kept.event, *query);
    return true;
}

template <class Place>
bool within(Place place, std::optional<Place> from, std::optional<Place> until, Direction direction) {
    if (direction == Direction::backward) std::swap(from, until);
    return (!from || place >= *from) && (!until || place <= *until);
}

bool selects(const Selection& selection, const Kept& kept) {
    return of_source(kept, selection.source) &&
           within(kept.position, selection.from, selection.until, selection.direction) &&
           within(kept.revision, selection.from_revision, selection.until_revision, selection.direction) &&
           (!selection.as_of || kept.created <= *selection.as_of);
}

std::string differs(std::string_view what, const Event& found) {
    return "the " + std::string(what) + " of the event at position " + std::to_string(found.position.value) +
           " (revision " + std::to_string(found.revision.value) + " of '" + std::string(found.stream) + "', data '" +
           std::string(found.data.substr(0, 20)) + "') is wrong";
}

}  // namespace

std::optional<Revision> History::last(std::string_view stream) const {
    const auto found =
        std::find_if(events_.rbegin(), events_.rend(), [&](const Kept& kept) { return kept.event.stream == stream; });
    return found == events_.rend() ? std::nullopt : std::optional(found->revision);
}

std::optional<Conflict> History::broken(const Commit& commit) const {
    for (std::size_t i = 0; i < commit.conditions.size(); ++i) {
        if (const auto* is = std::get_if<StreamIs>(&commit.conditions[i])) {
            const auto actual = last(is->stream);
            if (is->expected.holds(actual)) continue;
            return Conflict{.stream = is->stream, .expected = is->expected, .actual = actual, .condition = i};
        }
        const auto& none = std::get<NoEventMatches>(commit.conditions[i]);
        const auto found = std::ranges::find_if(events_, [&](const Kept& kept) {
            return (!none.after || kept.position > *none.after) && fits(kept.event, none.query);
        });
        if (found == events_.end()) continue;
        return Conflict{.condition = i, .query = none.query, .after = none.after, .found = found->position};
    }
    return std::nullopt;
}

bool fits(const NewEvent& event, const Query& query) {
    return std::ranges::any_of(query.items, [&](const Query::Item& item) {
        const bool type = item.types.empty() || std::ranges::find(item.types, event.type) != item.types.end();
        return type && std::ranges::all_of(item.tags, [&](const std::string& tag) {
                   return std::ranges::find(event.tags, tag) != event.tags.end();
               });
    });
}

Receipt History::add(const Commit& commit, Timestamp created) {
    Receipt receipt{.first = head(), .last = head() + (commit.events.size() - 1), .time = created};
    for (const NewEvent& event : commit.events) {
        const auto before = last(event.stream);
        const Revision revision = before ? *before + 1 : Revision{0};
        events_.push_back({.event = event, .position = head(), .revision = revision, .created = created});
        const auto same = std::ranges::find(receipt.streams, event.stream, &Receipt::StreamRevision::stream);
        if (same == receipt.streams.end()) {
            receipt.streams.push_back({event.stream, revision});
        } else {
            same->last = revision;
        }
    }
    commits_.push_back({commit, receipt});
    return receipt;
}

bool History::cut(Position end) {
    const auto behind =
        std::ranges::find_if(commits_, [end](const Placed& placed) { return placed.receipt.last >= end; });
    if (behind != commits_.end() && behind->receipt.first < end) return false;
    events_.resize(end.value);
    commits_.erase(behind, commits_.end());
    return true;
}

std::vector<const Kept*> History::select(const Selection& selection) const {
    std::vector<const Kept*> selected;
    for (const Kept& kept : events_) {
        if (selects(selection, kept)) selected.push_back(&kept);
    }
    if (selection.direction == Direction::backward) std::ranges::reverse(selected);
    if (selected.size() > selection.limit) selected.resize(selection.limit);
    return selected;
}

std::vector<std::string> History::streams() const {
    std::set<std::string> names;
    for (const Kept& kept : events_) names.insert(kept.event.stream);
    return {names.begin(), names.end()};
}

std::string difference(const Event& found, const NewEvent& given) {
    if (found.id != given.id) return differs("id", found);
    if (found.stream != given.stream) return differs("stream", found);
    if (found.type != given.type) return differs("type", found);
    if (found.content_type != given.content_type) return differs("content type", found);
    if (found.data != given.data) return differs("data", found);
    if (found.metadata != given.metadata) return differs("metadata", found);
    if (!std::ranges::equal(std::vector<std::string>(found.tags.begin(), found.tags.end()), given.tags)) {
        return differs("list of tags", found);
    }
    return {};
}

std::string difference(const Event& found, const Kept& kept) {
    if (found.position != kept.position) return differs("position", found);
    if (found.revision != kept.revision) return differs("revision", found);
    if (found.created != kept.created) return differs("commit time", found);
    return difference(found, kept.event);
}

}  // namespace varve::simulation
