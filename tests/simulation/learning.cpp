// After an opening: what the store shows against what was promised.
#include <algorithm>
#include <string>

#include "simulation/client.hpp"

namespace varve::simulation {
namespace {

std::string at(std::uint64_t position) {
    return "at position " + std::to_string(position);
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
    auto learnt = reconciled(found, required);
    world_.trace.say("opened with " + std::to_string(found.size()) + " events");
    history_ = *std::move(learnt);
    unknown_.clear();
    rebuild_view();
    return true;
}

std::optional<History> Client::reconciled(const std::vector<Kept>& found, Position required) const {
    require(found.size() >= required.value, [&] {
        return "acknowledged events are missing: the store ends " + at(found.size()) + ", " +
               std::to_string(required.value) + " were promised";
    });
    History learnt = history_;
    if (found.size() < learnt.head().value) {
        require(learnt.cut(Position{found.size()}), [&] { return "a commit is torn " + at(found.size()); });
    }
    for (const Kept& kept : learnt.events()) {
        const Kept& there = found[kept.position.value];
        const NewEvent& given = there.event;
        require(there.position == kept.position && there.revision == kept.revision && there.created == kept.created &&
                    given.id == kept.event.id && given.stream == kept.event.stream && given.type == kept.event.type &&
                    given.data == kept.event.data && given.metadata == kept.event.metadata &&
                    given.tags == kept.event.tags && given.content_type == kept.event.content_type,
                [&] { return "another event than before lies " + at(kept.position.value) + ": " + given.data; });
    }
    auto candidate = unknown_.begin();
    while (learnt.head().value < found.size()) {
        const Kept& first = found[learnt.head().value];
        candidate = std::find_if(candidate, unknown_.end(), [&](const auto& attempt) {
            return attempt->commit.events.front().id == first.event.id;
        });
        require(candidate != unknown_.end(), [&] {
            return "an event that nobody appended, or that was refused, lies " + at(learnt.head().value) + ": " +
                   first.event.data;
        });
        const Commit& commit = (*candidate++)->commit;
        require(!learnt.broken(commit),
                [&] { return "a commit lies " + at(first.position.value) + " against its condition"; });
        require(first.created >= learnt.last_time(),
                [&] { return "commit time goes back " + at(first.position.value); });
        const std::uint64_t begin = learnt.head().value;
        learnt.add(commit, first.created);
        require(learnt.head().value <= found.size(), [&] { return "a commit is torn " + at(begin); });
        for (std::uint64_t i = begin; i < learnt.head().value; ++i) {
            const Kept& due = learnt.events()[i];
            require(found[i].event.id == due.event.id && found[i].event.data == due.event.data &&
                        found[i].event.stream == due.event.stream && found[i].revision == due.revision &&
                        found[i].created == due.created,
                    [&] { return "a commit of unknown end is not whole " + at(i); });
        }
    }
    return learnt;
}

}  // namespace varve::simulation
