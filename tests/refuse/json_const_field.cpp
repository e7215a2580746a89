// varve: a const field cannot be read from JSON.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "varve/json.hpp"

#if defined(REPAIRED)
struct Fact {
    int cents = 0;
};
#else
struct Fact {
    const int cents = 0;
};
#endif

auto read(std::string_view text) {
    return varve::from_json<Fact>(text);
}
