// bit-field
#include "varve/reflect.hpp"

#if defined(REPAIRED)
struct Fact {
    unsigned number;
    unsigned cents;
};
#else
struct Fact {
    unsigned number : 3;
    unsigned cents : 5;
};
#endif

auto names() {
    return varve::reflect::field_names<Fact>();
}
