#include "store/conflict.hpp"

#include <memory>
#include <string>

#include "store/names.hpp"

namespace varve::store {

namespace {

std::string describe(const Standing& standing) {
    const std::string last = standing.last ? std::to_string(standing.last->value) : std::string();
    switch (standing.state()) {
        case StreamState::absent: return " does not exist";
        case StreamState::live: return " is at revision " + last;
        case StreamState::deleted: return " was deleted at revision " + last;
        case StreamState::tombstoned: return " has a tombstone";
    }
    return {};
}

}  // namespace

Result<> check(const StreamIs& condition, std::size_t number, const Standing& actual) {
    if (condition.expected.holds(actual.state(), actual.last)) return {};
    Error error{.code = Code::aborted, .message = "stream " + in_quotes(condition.stream) + describe(actual)};
    error.message +=
        ", expected " + condition.expected.to_string() + "; nothing was written: load it again and decide again";
    error.conflict = std::make_shared<const Conflict>(Conflict{.stream = condition.stream,
                                                               .expected = condition.expected,
                                                               .actual = actual.last,
                                                               .condition = number,
                                                               .state = actual.state()});
    return error;
}

Result<> check(const NoEventMatches& condition, std::size_t number, std::optional<Position> found) {
    if (!found) return {};
    Error error{.code = Code::aborted,
                .message = "the event at position " + std::to_string(found->value) + " matches "};
    error.message += to_string(condition.query) + ", and condition " + std::to_string(number + 1) +
                     " of the commit allows no such event";
    if (condition.after) error.message += " after position " + std::to_string(condition.after->value);
    error.message += "; nothing was written: read again and decide again";
    error.conflict = std::make_shared<const Conflict>(
        Conflict{.condition = number, .query = condition.query, .after = condition.after, .found = found});
    return error;
}

}  // namespace varve::store
