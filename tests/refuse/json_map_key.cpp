// varve: only a map with std::string keys has a JSON form.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "varve/json.hpp"

#if defined(REPAIRED)
struct Fact {
    std::map<std::string, int> counts;
};
#else
struct Fact {
    std::map<int, int> counts;
};
#endif

auto write(const Fact& fact) {
    return varve::to_json(fact);
}
