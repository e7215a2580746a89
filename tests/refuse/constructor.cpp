// varve: a struct with private members, constructors or virtual bases cannot be taken apart
#include "varve/reflect.hpp"

#if defined(REPAIRED)
struct Fact {
    int number;
    int cents;
};
#else
struct Fact {
    explicit Fact(int n) : number(n), cents(0) {}
    int number;
    int cents;
};
#endif

static_assert(varve::reflect::field_count<Fact> == 2);
