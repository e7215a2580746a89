// varve: an enum needs a fixed type to have names
#include "varve/reflect.hpp"

#if defined(REPAIRED)
enum class Colour { red, green };
#else
enum Colour { red, green };
#endif

auto name(Colour colour) {
    return varve::reflect::enum_name(colour);
}
