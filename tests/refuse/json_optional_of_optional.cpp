// varve: a std::optional of another std::optional, or of Json, has no JSON form
#include <optional>

#include "varve/json.hpp"

#if defined(REPAIRED)
struct Fact {
    std::optional<int> note;
};
#else
struct Fact {
    std::optional<std::optional<int>> note;
};
#endif

auto read(const char* text) {
    return varve::from_json<Fact>(text);
}
auto write(const Fact& fact) {
    return varve::to_json(fact);
}
