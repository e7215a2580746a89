// varve: a process needs `varve::Steps on(const Event&)` for every event that its Hears list names
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
    static std::string key(const Paid& e) { return e.order; }
    varve::Steps on(const Placed&) { return {}; }
#if defined(REPAIRED)
    varve::Steps on(const Paid&) { return {}; }
#else
    void on(const Paid&) {}
#endif
};

void wire(varve::App& shop) {
    shop.run<Delivery>();
}
