// varve: a field is a reference; hold a value.
#include "varve/reflect.hpp"

#if defined(REPAIRED)
struct Fact {
    int number;
    int cents;
};
#else
struct Fact {
    int number;
    const int& cents;
};
#endif

static_assert(varve::reflect::field_count<Fact> == 2);
