// varve: `partition` of a projection is static, since it belongs to no rows
#include <string>

#include "varve/varve.hpp"

struct Deposited {
    std::string account;
};
struct Balances {
    using Events = varve::Events<Deposited>;
    int seen = 0;
#ifdef REPAIRED
    static
#endif
        std::string
        partition(const Deposited& e) {
        return e.account;
    }
    void on(const Deposited&) { ++seen; }
};

void wire(varve::App& app) {
    app.project<Balances>({.partitions = 2});
}
