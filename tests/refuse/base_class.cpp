// varve: a struct with a base class cannot be taken apart
#include "varve/reflect.hpp"

struct Header {
    int number;
};

#if defined(REPAIRED)
struct Fact {
    Header header;
    int cents;
};
#else
struct Fact : Header {
    int cents;
};
#endif

static_assert(varve::reflect::field_count<Fact> == 2);
