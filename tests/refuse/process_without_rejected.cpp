// varve: a process needs `varve::Steps on(const varve::Rejected<Command>&)` for every command that its Sends list names
#include <string>

#include "varve/app.hpp"

struct Placed {
    std::string order;
};
struct Ship {
    std::string order;
};

struct Delivery {
    using Hears = varve::Events<Placed>;
    using Sends = varve::Commands<Ship>;
    static std::string key(const Placed& e) { return e.order; }
    varve::Steps on(const Placed& e) { return varve::send(Ship{e.order}); }
#if defined(REPAIRED)
    varve::Steps on(const varve::Rejected<Ship>&) { return {}; }
#endif
};

void wire(varve::App& shop) {
    shop.run<Delivery>();
}
