// varve: a struct with virtual functions cannot be taken apart
#include "varve/reflect.hpp"

#if defined(REPAIRED)
struct Fact {
    int sum() { return number + cents; }
    int number;
    int cents;
};
#else
struct Fact {
    virtual int sum() { return number + cents; }
    int number;
    int cents;
};
#endif

static_assert(varve::reflect::field_count<Fact> == 2);
