// varve: a process lists the events that it hears: using Hears = varve::Events<A, B>;
#include <string>

#include "varve/app.hpp"

struct Placed {
    std::string order;
};

struct Delivery {
#if defined(REPAIRED)
    using Hears = varve::Events<Placed>;
#endif
    static std::string key(const Placed& e) { return e.order; }
    varve::Steps on(const Placed&) { return {}; }
};

void wire(varve::App& shop) {
    shop.run<Delivery>();
}
