#include "store/conflict.hpp"

#include <memory>
#include <string>

#include "store/names.hpp"

namespace varve::store {

Result<> check(const StreamIs& condition, std::size_t number, std::optional<Revision> actual) {
    if (condition.expected.holds(actual)) return {};
    Error error{.code = Code::aborted, .message = "stream " + in_quotes(condition.stream)};
    error.message += actual ? " is at revision " + std::to_string(actual->value) : std::string(" does not exist");
    error.message +=
        ", expected " + condition.expected.to_string() + "; nothing was written: load it again and decide again";
    error.conflict = std::make_shared<const Conflict>(
        Conflict{.stream = condition.stream, .expected = condition.expected, .actual = actual, .condition = number});
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
