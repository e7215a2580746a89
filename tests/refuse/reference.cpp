// varve: a field is a reference or of a type that cannot be recognised
#include "varve/reflect.hpp"

#if defined(REPAIRED)
struct Fact {
    int number;
    int cents;
};
#else
struct Fact {
    int number;
    int& cents;
};
#endif

static_assert(varve::reflect::field_count<Fact> == 2);
