// varve: a struct with private members, constructors or virtual bases cannot be taken apart
#include "varve/reflect.hpp"

#if defined(REPAIRED)
struct Fact {
    int number;
    int cents;
};
#else
class Fact {
public:
    int number;

private:
    int cents;
};
#endif

static_assert(varve::reflect::field_count<Fact> == 2);
