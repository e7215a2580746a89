#include "store/repeat.hpp"

#include <algorithm>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/names.hpp"

namespace varve::store {
namespace {

/// Known events that a message names; Error::overlap has them all.
constexpr std::size_t named_max = 3;

/// The sightings by event and position.
std::vector<const Sighting*> in_order(std::span<const Sighting> seen) {
    std::vector<const Sighting*> sorted;
    sorted.reserve(seen.size());
    for (const Sighting& sighting : seen) sorted.push_back(&sighting);
    const auto place = [](const Sighting* sighting) { return std::pair(sighting->event, sighting->position); };
    std::ranges::sort(sorted, {}, place);
    const auto twins = std::ranges::unique(sorted, {}, place);
    sorted.erase(twins.begin(), twins.end());
    return sorted;
}

/// All events of the commit in a row, when they begin at `first`.
bool lie_in_a_row(const Commit& commit, std::span<const Sighting* const> sorted, Position first,
                  std::vector<Sighting>& row) {
    row.clear();
    for (const Sighting* sighting : sorted) {
        if (sighting->event != row.size() || sighting->position != first + row.size()) continue;
        if (sighting->stream != commit.events[sighting->event].stream) return false;
        row.push_back(*sighting);
    }
    return row.size() == commit.events.size();
}

Error overlap_error(const Commit& commit, std::span<const Sighting* const> sorted) {
    auto overlap = std::make_shared<Overlap>();
    std::size_t events = 0;
    for (const Sighting* sighting : sorted) {
        if (overlap->known.empty() || overlap->known.back().event != sighting->event) ++events;
        overlap->known.push_back({.event = sighting->event,
                                  .id = commit.events[sighting->event].id,
                                  .stream = sighting->stream,
                                  .revision = sighting->revision,
                                  .position = sighting->position});
    }
    Error error{.code = Code::already_exists, .message = {}};
    const std::size_t all = commit.events.size();
    if (all == 1) {
        error.message = "the id of the commit's event is taken: ";
    } else {
        error.message = (events == all ? "all " : std::to_string(events) + " of the ") + std::to_string(all) +
                        " event ids of the commit are taken: ";
    }
    for (std::size_t i = 0; i < std::min(overlap->known.size(), named_max); ++i) {
        const Overlap::Known& known = overlap->known[i];
        if (i > 0) error.message += "; ";
        error.message += "event " + std::to_string(known.event + 1) + ", id " + known.id.to_string() +
                         ", is at position " + std::to_string(known.position.value) + ", revision " +
                         std::to_string(known.revision.value) + " of stream " + in_quotes(known.stream);
    }
    if (overlap->known.size() > named_max) error.message += "; and more";
    error.message +=
        "; nothing was written: send the commit as it was sent before, or give what is new an id of its own";
    error.overlap = std::move(overlap);
    return error;
}

}  // namespace

Receipt receipt_of(std::span<const Sighting> events) {
    Receipt receipt;
    receipt.repeated = true;
    if (events.empty()) return receipt;
    receipt.first = events.front().position;
    receipt.last = events.back().position;
    receipt.time = events.back().created;
    std::unordered_map<std::string_view, std::size_t> line_of;
    for (const Sighting& event : events) {
        const auto [line, fresh] = line_of.emplace(event.stream, receipt.streams.size());
        if (fresh) receipt.streams.push_back({.stream = event.stream, .last = {}});
        receipt.streams[line->second].last = event.revision;
    }
    return receipt;
}

Result<std::optional<Receipt>> judge(const Commit& commit, std::span<const Sighting> seen) {
    if (seen.empty()) return std::optional<Receipt>();
    const std::vector<const Sighting*> sorted = in_order(seen);
    std::vector<Sighting> row;
    for (const Sighting* sighting : sorted) {
        if (sighting->event > 0) break;
        if (lie_in_a_row(commit, sorted, sighting->position, row)) return std::optional(receipt_of(row));
    }
    return overlap_error(commit, sorted);
}

std::optional<Locator> locator_of(const Commit& commit) {
    for (const Condition& condition : commit.conditions) {
        const auto* stream_is = std::get_if<StreamIs>(&condition);
        if (stream_is == nullptr) continue;
        const Expected expected = stream_is->expected;
        if (expected.kind() != Expected::Kind::none && expected.kind() != Expected::Kind::exact) continue;
        const auto event = std::ranges::find(commit.events, stream_is->stream, &NewEvent::stream);
        if (event == commit.events.end()) continue;
        return Locator{.stream = stream_is->stream,
                       .revision = expected.kind() == Expected::Kind::none ? Revision{0} : expected.revision() + 1,
                       .event = static_cast<std::size_t>(event - commit.events.begin())};
    }
    return std::nullopt;
}

}  // namespace varve::store
