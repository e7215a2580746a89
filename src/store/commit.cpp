#include "varve/commit.hpp"

#include <iterator>
#include <utility>

namespace varve {

std::string Expected::to_string() const {
    switch (kind_) {
        case Kind::any: return "any revision";
        case Kind::none: return "no stream";
        case Kind::exists: return "an existing stream";
        case Kind::exact: return "revision " + std::to_string(revision_.value);
    }
    return "any revision";
}

Commit& Commit::append(std::string_view stream, Expected expected, std::vector<NewEvent> added) & {
    for (NewEvent& event : added) event.stream = stream;
    events.insert(events.end(), std::make_move_iterator(added.begin()), std::make_move_iterator(added.end()));
    if (expected.kind() != Expected::Kind::any) conditions.emplace_back(StreamIs{std::string(stream), expected});
    return *this;
}

Commit& Commit::unless(Query query, std::optional<Position> after) & {
    conditions.emplace_back(NoEventMatches{.query = std::move(query), .after = after});
    return *this;
}

std::string_view to_string(StreamState state) {
    switch (state) {
        case StreamState::absent: return "absent";
        case StreamState::live: return "live";
        case StreamState::deleted: return "deleted";
        case StreamState::tombstoned: return "tombstoned";
    }
    return "unknown";
}

std::string_view to_string(Durability durability) {
    switch (durability) {
        case Durability::durable: return "durable";
        case Durability::buffered: return "buffered";
        case Durability::volatile_: return "volatile";
    }
    return "unknown";
}

}  // namespace varve
