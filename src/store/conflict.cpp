#include "store/conflict.hpp"

#include <memory>
#include <string>

#include "store/names.hpp"

namespace varve::store {

Result<> check(const StreamIs& condition, std::optional<Revision> actual) {
    if (condition.expected.holds(actual)) return {};
    Error error{.code = Code::aborted, .message = "stream " + in_quotes(condition.stream)};
    error.message += actual ? " is at revision " + std::to_string(actual->value) : std::string(" does not exist");
    error.message +=
        ", expected " + condition.expected.to_string() + "; nothing was written: load it again and decide again";
    error.conflict = std::make_shared<const Conflict>(Conflict{condition.stream, condition.expected, actual});
    return error;
}

}  // namespace varve::store
