// varve: a process needs `varve::Steps on(const Fact&)` for every fact that its Timers list names
#include <chrono>
#include <string>

#include "varve/app.hpp"

struct Placed {
    std::string order;
};
struct TimedOut {
    std::string order;
};

struct Delivery {
    using Hears = varve::Events<Placed>;
    using Timers = varve::Timers<TimedOut>;
    static std::string key(const Placed& e) { return e.order; }
    varve::Steps on(const Placed& e) { return varve::timer("payment", std::chrono::hours(24), TimedOut{e.order}); }
#if defined(REPAIRED)
    varve::Steps on(const TimedOut&) { return varve::finish(); }
#endif
};

void wire(varve::App& shop) {
    shop.run<Delivery>();
}
