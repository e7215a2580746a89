// varve: a struct of more than 32 fields cannot be taken apart
#include "varve/reflect.hpp"

struct Eleven {
    int a, b, c, d, e, f, g, h, i, j, k;
};

#if defined(REPAIRED)
struct Fact {
    Eleven a, b;
};
#else
struct Fact {
    Eleven a, b, c;
    int a1, a2, a3, a4, a5, a6, a7, a8, a9, a10;
    int b1, b2, b3, b4, b5, b6, b7, b8, b9, b10;
    int c1, c2, c3, c4, c5, c6, c7, c8, c9, c10;
};
#endif

static_assert(varve::reflect::field_count<Fact> == 2);
