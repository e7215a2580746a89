// What a commit must be answered, by the words of varve/commit.hpp and docs/retention.md.
#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

#include "simulation/history.hpp"
#include "store/repeat.hpp"
#include "store/rules.hpp"

namespace varve::simulation {

std::optional<Conflict> History::broken(const Commit& commit) const {
    for (std::size_t i = 0; i < commit.conditions.size(); ++i) {
        if (const auto* is = std::get_if<StreamIs>(&commit.conditions[i])) {
            const auto actual = last(is->stream);
            const StreamState now = state(is->stream);
            if (is->expected.holds(now, actual)) continue;
            return Conflict{
                .stream = is->stream, .expected = is->expected, .actual = actual, .condition = i, .state = now};
        }
        const auto& none = std::get<NoEventMatches>(commit.conditions[i]);
        const auto found = std::ranges::find_if(events_, [&](const Kept& kept) {
            return kept.presence != Presence::gone && (!none.after || kept.position > *none.after) &&
                   fits(kept.event, none.query);
        });
        if (found == events_.end()) continue;
        return Conflict{.condition = i, .query = none.query, .after = none.after, .found = found->position};
    }
    return std::nullopt;
}

Outcome History::fresh_outcome(const Commit& commit) const {
    const auto ended = [&](const std::string& stream) { return state(stream) == StreamState::tombstoned; };
    for (const NewEvent& event : commit.events) {
        if (ended(event.stream)) {
            return {.kind = Outcome::Kind::ended,
                    .conflict = {.stream = event.stream, .state = StreamState::tombstoned}};
        }
    }
    for (const NewEvent& event : commit.events) {
        if (!store::is_settings(event.stream)) continue;
        const std::string subject(store::subject_of(event.stream));
        if (!ended(subject)) continue;
        return {.kind = Outcome::Kind::ended, .conflict = {.stream = subject, .state = StreamState::tombstoned}};
    }
    if (auto conflict = broken(commit)) return {.kind = Outcome::Kind::refused, .conflict = *std::move(conflict)};
    return {};
}

std::optional<Outcome> History::repeat_of_command(const Commit& commit) const {
    if (commit.command_id.empty()) return std::nullopt;
    const auto original = std::ranges::find_if(
        commits_, [&](const Placed& placed) { return placed.commit.command_id == commit.command_id; });
    if (original == commits_.end()) return std::nullopt;
    Outcome outcome{.kind = Outcome::Kind::repeated, .receipt = original->receipt};
    outcome.receipt.repeated = true;
    for (Position at = original->receipt.first; at <= original->receipt.last; ++at) {
        if (events_[at.value].presence != Presence::there) outcome.streams_may_lack = true;
    }
    return outcome;
}

Outcome History::outcome(const Commit& commit, std::optional<Outcome>* or_else) const {
    if (auto repeat = repeat_of_command(commit)) return *std::move(repeat);
    Outcome fresh = fresh_outcome(commit);

    // A condition that names a place says where to look; a deleted stream has had several beginnings.
    const auto locator = store::locator_of(commit);
    const bool lived =
        locator && locator->revision == Revision{0} && standing(std::string(locator->stream)).truncated > Revision{0};
    const bool everywhere = !locator || lived;
    if (!everywhere && fresh.kind == Outcome::Kind::placed) return fresh;
    std::optional<Position> located;
    bool place_is_gone = false;
    if (!everywhere) {
        const auto at = std::ranges::find_if(events_, [&](const Kept& kept) {
            return kept.event.stream == locator->stream && kept.revision == locator->revision;
        });
        if (at == events_.end() || at->position.value < locator->event) return fresh;
        located = Position{at->position.value - locator->event};
        place_is_gone = at->presence != Presence::there;
    }

    // Of a stream that has ended nothing may be left, not even how many lives it had.
    if (lived && state(std::string(locator->stream)) == StreamState::tombstoned) place_is_gone = true;
    auto seen = seen_before(commit, located);
    if (place_is_gone && or_else != nullptr) {
        // What the stream began with may have been counted among what a truncation removed.
        if (seen) {
            *or_else = fresh;
        } else if (locator->revision == Revision{0}) {
            *or_else = seen_before(commit, std::nullopt);
        }
    }
    return seen ? *std::move(seen) : fresh;
}

std::optional<Outcome> History::seen_before(const Commit& commit, std::optional<Position> located) const {
    Outcome partly{.kind = Outcome::Kind::overlaps};
    for (std::size_t i = 0; i < commit.events.size(); ++i) {
        for (const Kept& kept : events_) {
            if (kept.presence == Presence::gone || kept.event.id != commit.events[i].id) continue;
            if (!located || kept.position == *located + i) partly.known.push_back(kept.position);
        }
    }
    if (partly.known.empty()) return std::nullopt;
    if (partly.known.size() < commit.events.size()) return partly;
    const auto original = std::ranges::find_if(
        commits_, [&](const Placed& placed) { return placed.receipt.first == partly.known.front(); });
    if (original == commits_.end()) return partly;
    Outcome whole{.kind = Outcome::Kind::repeated, .receipt = original->receipt};
    whole.receipt.repeated = true;
    return whole;
}

}  // namespace varve::simulation
