// varve: the alternatives of a variant must be plain structs with different names
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "varve/json.hpp"

#if defined(REPAIRED)
struct A {};
struct B {};
struct Fact {
    std::variant<A, B> either;
};
#else
struct Fact {
    std::variant<int, bool> either;
};
#endif

auto write(const Fact& fact) {
    return varve::to_json(fact);
}
