// varve: a std::string_view cannot own what is read from JSON; use std::string.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "varve/json.hpp"

#if defined(REPAIRED)
struct Fact {
    std::string name;
};
#else
struct Fact {
    std::string_view name;
};
#endif

auto read(std::string_view text) {
    return varve::from_json<Fact>(text);
}
