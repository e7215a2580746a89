// varve: what is read from JSON starts from its default
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "varve/json.hpp"

#if defined(REPAIRED)
struct Money {
    int cents;
};
struct Fact {
    Money money;
};
#else
struct Money {
    explicit Money(int) {}
};
struct Fact {
    Money money;
};
#endif

auto read(std::string_view text) {
    return varve::from_json<Fact>(text);
}
