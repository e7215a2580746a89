// varve: schema takes states, projections, processes, varve::Events<...> and varve::Commands<...>
#include <string>

#include "varve/schema.hpp"

struct Opened {
    std::string account;
};

auto shapes() {
#if defined(REPAIRED)
    return varve::schema<varve::Events<Opened>>();
#else
    return varve::schema<Opened>();
#endif
}
