// varve: a char has no JSON form; use std::string or an integer type.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "varve/json.hpp"

#if defined(REPAIRED)
struct Fact {
    std::int8_t letter;
};
#else
struct Fact {
    char letter;
};
#endif

auto write(const Fact& fact) {
    return varve::to_json(fact);
}
