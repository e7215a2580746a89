// After an opening: what the store shows against what was promised.
#include <algorithm>
#include <string>

#include "simulation/client.hpp"

namespace varve::simulation {
namespace {

std::string at(std::uint64_t position) {
    return "at position " + std::to_string(position);
}

bool same(const Kept& found, const Kept& kept) {
    const NewEvent& there = found.event;
    const NewEvent& given = kept.event;
    return found.position == kept.position && found.revision == kept.revision && found.created == kept.created &&
           there.id == given.id && there.stream == given.stream && there.type == given.type &&
           there.data == given.data && there.metadata == given.metadata && there.tags == given.tags &&
           there.content_type == given.content_type;
}

}  // namespace

bool Client::learn(const Store& store, Position required) {
    auto cursor = store.read({});
    std::vector<Kept> found;
    Result<> walked = cursor ? Result<>() : Result<>(cursor.error());
    if (cursor) {
        walked = cursor->each([&](const Event& event) {
            found.push_back({to_new_event(event), event.position, event.revision, event.created});
        });
    }
    if (!walked) {
        require(world_.files->happened(),
                [&] { return "an opened store cannot be read: " + walked.error().to_string(); });
        return false;
    }
    history_ = reconciled(found, store.head(), required);
    world_.trace.say("opened with " + std::to_string(found.size()) + " of " + std::to_string(history_.head().value) +
                     " events");
    unknown_.clear();
    rebuild_view();
    return true;
}

History Client::reconciled(const std::vector<Kept>& found, Position head, Position required) const {
    require(head >= required, [&] {
        return "acknowledged events are missing: the store ends " + at(head.value) + ", " +
               std::to_string(required.value) + " were promised";
    });
    History learnt = history_;
    if (head < learnt.head()) {
        require(learnt.cut(head), [&] { return "a commit is torn " + at(head.value); });
    }
    auto next = found.begin();
    for (Position position; position < learnt.head(); ++position) {
        if (next == found.end() || next->position != position) {
            learnt.miss(position);
            continue;
        }
        const Kept& kept = learnt.events()[position.value];
        require(kept.presence != Presence::gone,
                [&] { return "an event that was taken is back " + at(position.value); });
        require(same(*next, kept),
                [&] { return "another event than before lies " + at(position.value) + ": " + next->event.data; });
        learnt.meet(position);
        ++next;
    }
    auto candidate = unknown_.begin();
    while (learnt.head() < head) {
        const Position begin = learnt.head();
        require(next != found.end() && next->position == begin,
                [&] { return "an event is missing " + at(begin.value); });
        candidate = std::find_if(candidate, unknown_.end(), [&](const auto& attempt) {
            return attempt->commit.events.front().id == next->event.id;
        });
        require(candidate != unknown_.end(), [&] {
            return "an event that nobody appended, or that was refused, lies " + at(begin.value) + ": " +
                   next->event.data;
        });
        const Commit& commit = (*candidate++)->commit;
        require(learnt.fresh_outcome(commit).kind == Outcome::Kind::placed,
                [&] { return "a commit lies " + at(begin.value) + " against its condition, or behind a tombstone"; });
        require(next->created >= learnt.last_time(), [&] { return "commit time goes back " + at(begin.value); });
        learnt.add(commit, next->created);
        require(learnt.head() <= head, [&] { return "a commit is torn " + at(begin.value); });
        for (Position position = begin; position < learnt.head(); ++position, ++next) {
            require(next != found.end() && same(*next, learnt.events()[position.value]),
                    [&] { return "a commit of unknown end is not whole " + at(position.value); });
        }
    }
    return learnt;
}

}  // namespace varve::simulation
