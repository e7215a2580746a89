#include "engine/originals.hpp"

#include <algorithm>
#include <utility>

#include "log/record.hpp"
#include "store/repeat.hpp"

namespace varve::engine {
namespace {

using Candidates = std::vector<std::pair<std::size_t, Position>>;

store::Sighting sighting_of(std::size_t event, const Event& stored) {
    return {.event = event,
            .position = stored.position,
            .revision = stored.revision,
            .created = stored.created,
            .stream = std::string(stored.stream)};
}

/// The events of a payload by number.
class Payload {
public:
    Payload(std::string_view bytes, Position first, std::uint32_t events, Timestamp time)
        : bytes_(bytes), first_(first), time_(time), sound_(log::record_offsets(bytes, events, records_, commits_)) {}

    [[nodiscard]] const Result<>& sound() const { return sound_; }

    Result<Event> at(Position position) const {
        Event event;
        auto decoded = log::decode(bytes_.substr(records_[position - first_]), position, event);
        if (!decoded) return std::move(decoded).within("position " + std::to_string(position.value)).error();
        event.created = time_;
        return event;
    }

    /// The receipt of the commit that begins at `position` and has the command id; nothing when there is none. Streams
    /// of which a compaction has left no event are missing from it.
    Result<std::optional<Receipt>> receipt_of(std::string_view command_id, Position position) const {
        const auto commit = std::ranges::find(commits_, position - first_, &log::BlockCommit::first);
        if (commit == commits_.end() || commit->command_id != command_id) return std::optional<Receipt>();
        std::vector<store::Sighting> seen;
        for (std::uint32_t i = 0; i < commit->events; ++i) {
            if (records_[commit->first + i] == log::record_removed) continue;
            const auto event = at(position + i);
            if (!event) return event.error();
            seen.push_back(sighting_of(i, *event));
        }
        Receipt receipt = store::receipt_of(seen);
        receipt.first = position;
        receipt.last = position + (commit->events - 1);
        receipt.time = time_;
        return std::optional(std::move(receipt));
    }

private:
    std::string_view bytes_;
    Position first_;
    Timestamp time_;
    std::vector<std::uint32_t> records_;
    std::vector<log::BlockCommit> commits_;
    Result<> sound_;
};

const Group* group_with(const Pending& pending, Position position) {
    if (pending.writing != nullptr && pending.writing->holds(position)) return pending.writing.get();
    return pending.open->holds(position) ? pending.open : nullptr;
}

}  // namespace

Originals::Originals(std::shared_ptr<Past> past, std::shared_ptr<Catalog> catalog, std::size_t known_events,
                     std::uint64_t seed)
    : past_(std::move(past)), catalog_(std::move(catalog)), known_(past_, known_events, seed) {}

void Originals::prepare(Request& request) const {
    request.ids.reserve(request.commit.events.size());
    for (const NewEvent& event : request.commit.events) request.ids.push_back(known_.hash(event.id));
}

Result<Finding> Originals::examine(Request& request, const Pending& pending) {
    if (!request.commit.command_id.empty()) {
        auto found = examine_command(request, pending);
        if (!found || *found != Finding::fresh) return found;
    }
    if (request.commit.repeats == Repeats::unchecked) return Finding::fresh;
    return examine_events(request, pending);
}

Result<Finding> Originals::examine_command(Request& request, const Pending& pending) {
    Search& search = request.search;
    const auto ready = known_.ready(pending);
    if (!ready) return ready.error();
    search.ids = !*ready;
    if (search.ids) return Finding::look;

    std::optional<Receipt> found;
    Result<> worked;
    search.command.reset();
    known_.find_command(request.commit.command_id, pending.next, [&](Position position) {
        if (found || search.command || !worked) return;
        if (const Group* group = group_with(pending, position)) {
            const Payload payload(group->payload, group->first, group->events, {});
            auto receipt = payload.receipt_of(request.commit.command_id, position);
            if (!receipt) {
                worked = std::move(receipt).error();
            } else {
                found = *std::move(receipt);
            }
        } else if (const auto told = search.commands.find(position); told != search.commands.end()) {
            found = told->second;
        } else {
            search.command = position;
        }
    });
    if (!worked) return std::move(worked).error();
    if (found) {
        answer(request, *std::move(found), pending);
        return Finding::answered;
    }
    return search.command ? Finding::look : Finding::fresh;
}

Result<Finding> Originals::examine_events(Request& request, const Pending& pending) {
    Search& search = request.search;
    Candidates candidates;
    const auto locator = store::locator_of(request.commit);
    // A `none` may be of any of a deleted stream's lives: the first one, this one, or one that the ids tell.
    const bool lived = locator && locator->revision == Revision{0} && request.truncated > Revision{0};
    // While the conditions hold, nothing lies where the commit's events would: it is new.
    if (locator && !lived && !request.refusal) return Finding::fresh;
    if (locator) {
        search.places.clear();
        std::vector<Revision> revisions{locator->revision};
        if (lived) revisions.push_back(request.truncated);
        for (const Revision revision : revisions) {
            const auto told = search.located.find(revision);
            if (told == search.located.end()) {
                search.places.push_back(revision);
            } else if (told->second && told->second->value >= locator->event) {
                const Position first = *told->second - locator->event;
                for (std::size_t i = 0; i < request.ids.size(); ++i) candidates.emplace_back(i, first + i);
            }
        }
        if (!search.places.empty()) return Finding::look;
    }
    if (!locator || lived) {
        const auto ready = known_.ready(pending);
        if (!ready) return ready.error();
        search.ids = !*ready;
        if (search.ids) return Finding::look;
        known_.find_events(request.ids, pending.next,
                           [&](std::size_t event, Position position) { candidates.emplace_back(event, position); });
    }
    return candidates.empty() ? Finding::fresh : judge(request, pending, candidates);
}

Result<Finding> Originals::judge(Request& request, const Pending& pending, const Candidates& candidates) const {
    Search& search = request.search;
    search.events.clear();
    std::vector<store::Sighting> seen;
    std::optional<Payload> payload;
    const Group* of = nullptr;
    for (const auto& [event, position] : candidates) {
        if (position >= pending.next) continue;
        const EventId& id = request.commit.events[event].id;
        if (const Group* group = group_with(pending, position)) {
            if (of != group) payload.emplace(group->payload, group->first, group->events, Timestamp{});
            of = group;
            const auto stored = payload->at(position);
            if (!stored) return stored.error();
            if (stored->id == id) seen.push_back(sighting_of(event, *stored));
        } else if (const auto told = search.seen.find(position); told == search.seen.end()) {
            search.events.push_back(position);
        } else if (told->second && told->second->id == id) {
            seen.push_back({.event = event,
                            .position = position,
                            .revision = told->second->revision,
                            .created = told->second->created,
                            .stream = told->second->stream});
        }
    }
    if (!search.events.empty()) return Finding::look;
    auto verdict = store::judge(request.commit, seen);
    if (!verdict) {
        request.refusal = std::move(verdict).error();
        return Finding::answered;
    }
    if (!*verdict) return Finding::fresh;
    answer(request, **std::move(verdict), pending);
    return Finding::answered;
}

void Originals::answer(Request& request, Receipt receipt, const Pending& pending) {
    request.refusal.reset();
    if (receipt.last < pending.first()) {
        request.original.time = receipt.time;
    } else if (pending.writing != nullptr && pending.writing->holds(receipt.last)) {
        request.original.group = pending.writing;
    }
    request.receipt = std::move(receipt);
}

Result<> Originals::look(Request& request) {
    Search& search = request.search;
    if (std::exchange(search.ids, false)) return known_.build();
    for (const Revision revision : std::exchange(search.places, {})) {
        const std::string_view stream = store::locator_of(request.commit)->stream;
        const auto found = catalog_->stream_positions(stream, revision, 1);
        if (!found) return found.error();
        search.located[revision] = found->empty() ? std::nullopt : std::optional(found->front());
    }
    if (search.command) return look_at_command(request, *search.command);
    for (const Position position : search.events) search.seen.emplace(position, std::nullopt);
    return past_->events(search.events, [&](const Event& event) {
        search.seen[event.position] = Search::Seen{
            .id = event.id, .revision = event.revision, .created = event.created, .stream = std::string(event.stream)};
    });
}

Result<> Originals::look_at_command(Request& request, Position first) {
    std::optional<Receipt>& told = request.search.commands[first];
    if (first >= past_->end()) return {};
    const auto blocks = past_->blocks(first);
    if (!blocks) return blocks.error();
    const auto block = (*blocks)->next();
    if (!block) return block.error();
    const Payload payload((*block)->payload, (*block)->first, (*block)->events, (*block)->time);
    if (!payload.sound()) return payload.sound();
    auto receipt = payload.receipt_of(request.commit.command_id, first);
    if (!receipt) return std::move(receipt).error();
    told = *std::move(receipt);
    return {};
}

}  // namespace varve::engine
