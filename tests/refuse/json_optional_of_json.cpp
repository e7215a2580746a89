// varve: a std::optional of another std::optional, or of Json, has no JSON form
#include <optional>

#include "varve/json.hpp"

#if defined(REPAIRED)
struct Fact {
    varve::Json note;
};
#else
struct Fact {
    std::optional<varve::Json> note;
};
#endif

auto read(const char* text) {
    return varve::from_json<Fact>(text);
}
auto write(const Fact& fact) {
    return varve::to_json(fact);
}
