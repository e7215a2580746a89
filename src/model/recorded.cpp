#include "varve/detail/recorded.hpp"

namespace varve::detail {

Error not_one_command(std::string_view name, std::size_t count) {
    return {.code = Code::unimplemented,
            .message = "the upcast of " + std::string(name) + " answers " + std::to_string(count) +
                       " commands; a command that was recorded becomes exactly one"};
}

}  // namespace varve::detail
