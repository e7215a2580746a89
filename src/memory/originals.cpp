#include "memory/originals.hpp"

#include <utility>

#include "store/repeat.hpp"

namespace varve::memory {

std::optional<Receipt> Originals::find_command(std::string_view command_id) const {
    const auto found = commands_.find(command_id);
    return found == commands_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::optional<Receipt>> Originals::find(
    const Commit& commit, bool conditions_hold, Revision truncated, const std::deque<Record>& records,
    const std::map<std::string, std::vector<Position>, std::less<>>& streams) const {
    if (commit.repeats == Repeats::unchecked) return std::optional<Receipt>();
    auto locator = store::locator_of(commit);
    // A `none` may be of any of a deleted stream's lives: only the ids tell.
    if (locator && locator->revision == Revision{0} && truncated > Revision{0}) locator.reset();
    if (locator && conditions_hold) return std::optional<Receipt>();
    std::optional<Position> first;  ///< where the locator says that the commit begins
    std::vector<store::Sighting> seen;
    if (locator) {
        const auto stream = streams.find(locator->stream);
        if (stream == streams.end() || stream->second.size() <= locator->revision.value)
            return std::optional<Receipt>();
        const Position place = stream->second[locator->revision.value];
        if (place.value < locator->event) return std::optional<Receipt>();
        first = place - locator->event;
    }
    for (std::size_t i = 0; i < commit.events.size(); ++i) {
        const auto [begin, end] = places_.equal_range(commit.events[i].id);
        for (auto place = begin; place != end; ++place) {
            if (locator && place->second != *first + i) continue;
            const Event& event = records[place->second.value].event();
            seen.push_back({.event = i,
                            .position = event.position,
                            .revision = event.revision,
                            .created = event.created,
                            .stream = std::string(event.stream)});
        }
    }
    return store::judge(commit, seen);
}

void Originals::add(const std::string& command_id, const Receipt& receipt) {
    if (command_id.empty()) return;
    Receipt original = receipt;
    original.repeated = true;
    commands_.emplace(command_id, std::move(original));
}

}  // namespace varve::memory
