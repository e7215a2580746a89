// varve: a query that may belong to all partitions needs `static Answer merge(std::vector<Answer>)` in the projection
#include <optional>
#include <string>
#include <vector>

#include "varve/varve.hpp"

struct Deposited {
    std::string account;
};
struct Count {
    std::optional<std::string> account;
    using Answer = int;
};
struct Balances {
    using Events = varve::Events<Deposited>;
    using Queries = varve::Queries<Count>;
    int seen = 0;
    static std::optional<std::string> partition(const Count& q) { return q.account; }
#ifdef REPAIRED
    static int merge(const std::vector<int>& parts) { return parts.front(); }
#endif
    void on(const Deposited&) { ++seen; }
    int answer(const Count&) const { return seen; }
};

void wire(varve::App& app) {
    app.project<Balances>({.partitions = 2});
}
