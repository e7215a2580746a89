// varve: a field is a C array; use std::array.
#include <array>

#include "varve/reflect.hpp"

#if defined(REPAIRED)
struct Fact {
    int number;
    std::array<int, 3> parts;
};
#else
struct Fact {
    int number;
    int parts[3];
};
#endif

static_assert(varve::reflect::field_count<Fact> == 2);
