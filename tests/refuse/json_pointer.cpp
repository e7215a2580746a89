// varve: a pointer has no JSON form
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "varve/json.hpp"

#if defined(REPAIRED)
struct Fact {
    int cents;
};
#else
struct Fact {
    const int* cents;
};
#endif

auto write(const Fact& fact) {
    return varve::to_json(fact);
}
