// varve: a reader lists what it ignores: using Ignores = varve::Events<A, B>;
#include <optional>
#include <string>

#include "varve/app.hpp"

struct Opened {
    std::string account;
};

struct Frozen {};

struct Account {
    using Events = varve::Events<Opened>;
#if defined(REPAIRED)
    using Ignores = varve::Events<Frozen>;
#else
    using Ignores = Frozen;
#endif
    void evolve(const Opened&) {}
};

auto load(const varve::App& bank) {
    return bank.load<Account>("a1");
}
