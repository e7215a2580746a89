#include "varve/detail/recorded.hpp"

namespace varve::detail {

Error unreadable_command() {
    return {
        .code = Code::unimplemented,
        .message =
            "a command without a default value cannot be read from what was recorded of it; give every field a type "
            "with a default"};
}

Error not_one_command(std::string_view name, std::size_t count) {
    return {.code = Code::unimplemented,
            .message = "the upcast of " + std::string(name) + " answers " + std::to_string(count) +
                       " commands; a command that was recorded becomes exactly one"};
}

}  // namespace varve::detail
