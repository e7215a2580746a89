// varve: a process needs `static std::string key(const Event&)` for every event that its Hears list names
#include <string>

#include "varve/app.hpp"

struct Placed {
    std::string order;
};
struct Paid {
    std::string order;
};

struct Delivery {
    using Hears = varve::Events<Placed, Paid>;
    static std::string key(const Placed& e) { return e.order; }
#if defined(REPAIRED)
    static std::string key(const Paid& e) { return e.order; }
#endif
    varve::Steps on(const Placed&) { return {}; }
    varve::Steps on(const Paid&) { return {}; }
};

void wire(varve::App& shop) {
    shop.run<Delivery>();
}
