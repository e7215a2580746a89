#include "simulation/history.hpp"

#include <algorithm>
#include <set>
#include <variant>

#include "simulation/trace.hpp"
#include "store/rules.hpp"

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

/// As the model of retention takes it.
proof::Note note_of(const NewEvent& event) {
    using Kind = proof::Note::Kind;
    if (!store::is_settings(event.stream)) return {.stream = event.stream};
    const store::Rules rules = store::rules_of(event.type, event.data);
    return {.stream = std::string(store::subject_of(event.stream)),
            .kind = rules.ended ? Kind::tombstone : Kind::settings,
            .keeps = rules.keeps};
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

StreamState History::state(const std::string& stream) const {
    if (store::is_settings(stream)) return last(stream) ? StreamState::live : StreamState::absent;
    return keeps_.state(stream);
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
        keeps_.add(note_of(event), created);
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
    keeps_.cut(end.value);
    commits_.erase(behind, commits_.end());
    digests_.erase(digests_.upper_bound(end), digests_.end());
    return true;
}

std::vector<Position> History::removed() const {
    std::vector<Position> found;
    for (const std::string& stream : streams()) {
        const bool settings = store::is_settings(stream);
        const auto shown = settings ? std::vector{last(stream)->value} : keeps_.read(stream, clock_->now());
        for (const Kept& kept : events_) {
            if (kept.event.stream != stream || kept.presence == Presence::gone) continue;
            if (!std::ranges::binary_search(shown, kept.revision.value)) found.push_back(kept.position);
        }
    }
    return found;
}

std::vector<Position> History::doubt_removed() {
    const auto all = removed();
    for (const Position position : all) {
        Kept& kept = events_[position.value];
        if (kept.presence == Presence::there) kept.let_go = head();
        kept.presence = Presence::doubtful;
    }
    return all;
}

void History::miss(Position position) {
    Kept& kept = events_[position.value];
    require(kept.presence != Presence::there, [&] {
        return "event " + std::to_string(position.value) + " (revision " + std::to_string(kept.revision.value) +
               " of '" + kept.event.stream + "') is missing, and no compaction may have taken it";
    });
    require(kept.let_go <= head(), [&] {
        return "event " + std::to_string(position.value) + " was taken, and the settings that let it go are lost";
    });
    kept.presence = Presence::gone;
}

void History::meet(Position position) {
    if (Kept& kept = events_[position.value]; kept.presence == Presence::doubtful) kept.presence = Presence::there;
}

void History::doubt_gone() {
    for (Kept& kept : events_) {
        if (kept.presence == Presence::gone) kept.presence = Presence::doubtful;
    }
}

void History::adopt(const History& known) {
    for (std::size_t i = 0; i < std::min(events_.size(), known.events_.size()); ++i) {
        events_[i].presence = known.events_[i].presence;
        events_[i].created = known.events_[i].created;
    }
    for (std::size_t i = 0; i < std::min(commits_.size(), known.commits_.size()); ++i) {
        commits_[i].receipt.time = known.commits_[i].receipt.time;
    }
}

std::vector<const Kept*> History::select(const Selection& selection) const {
    std::optional<std::vector<std::uint64_t>> shown;
    if (const auto* stream = std::get_if<Stream>(&selection.source)) {
        const auto end = last(stream->name);
        shown.emplace();
        if (!store::is_settings(stream->name)) {
            shown = keeps_.read(stream->name, clock_->now());
        } else if (end) {
            shown->push_back(end->value);
        }
    }
    std::vector<const Kept*> selected;
    for (const Kept& kept : events_) {
        if (kept.presence == Presence::gone || !selects(selection, kept)) continue;
        if (!shown || std::ranges::binary_search(*shown, kept.revision.value)) selected.push_back(&kept);
    }
    if (selection.direction == Direction::backward) std::ranges::reverse(selected);
    return selected;
}

History::Standing History::standing(const std::string& stream) const {
    Standing found{.settings = {}, .truncated = {}};
    const std::string settings = store::settings_of(stream);
    for (std::size_t i = 0; i < events_.size(); ++i) {
        if (events_[i].event.stream == settings) found.settings = i;
    }
    if (!found.settings) return found;
    Revision before;
    for (std::size_t i = 0; i < *found.settings; ++i) {
        if (events_[i].event.stream == stream) before = events_[i].revision + 1;
    }
    const NewEvent& rules = events_[*found.settings].event;
    found.truncated = store::truncated(store::rules_of(rules.type, rules.data), before);
    return found;
}

StreamRetention History::retention(const std::string& stream) const {
    StreamRetention due{.state = state(stream), .last = last(stream)};
    for (const Kept* kept : select({.source = Stream{stream}})) {
        if (!due.first) due.first = kept->revision;
    }
    const Standing now = standing(stream);
    if (!now.settings || store::is_settings(stream)) return due;
    const Kept& settings = events_[*now.settings];
    due.keeps = store::rules_of(settings.event.type, settings.event.data).keeps;
    if (due.keeps.truncate_before) due.keeps.truncate_before = now.truncated;
    if (settings.event.type == store::metadata_type) due.settings = settings.event.data;
    due.settings_revision = settings.revision;
    return due;
}

bool History::as_truncated(const std::string& stream, std::optional<Revision> told, std::optional<Revision> due) const {
    if (!told || !due || *told < *due) return told == due;
    return std::ranges::none_of(events_, [&](const Kept& kept) {
        return kept.event.stream == stream && kept.revision >= *due && kept.revision < *told &&
               kept.presence == Presence::there;
    });
}

std::vector<std::string> History::streams() const {
    std::set<std::string> names;
    for (const Kept& kept : events_) names.insert(kept.event.stream);
    return {names.begin(), names.end()};
}

void History::prove(const std::string& digest) {
    const std::string& known = digests_.emplace(head(), digest).first->second;
    require(known == digest, [&] { return "the digest changed from " + known + " to " + digest; });
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
