// varve: `partition` of a projection answers a text, an integer, or a std::optional of one
#include <string>

#include "varve/varve.hpp"

struct Deposited {
    std::string account;
    double part;
};
struct Balances {
    using Events = varve::Events<Deposited>;
    int seen = 0;
#ifdef REPAIRED
    static std::string partition(const Deposited& e) { return e.account; }
#else
    static double partition(const Deposited& e) { return e.part; }
#endif
    void on(const Deposited&) { ++seen; }
};

void wire(varve::App& app) {
    app.project<Balances>({.partitions = 2});
}
