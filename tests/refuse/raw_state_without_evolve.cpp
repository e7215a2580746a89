// varve: a state with unknown = varve::Unknown::raw needs `void evolve(const varve::Event&)`
#include <optional>
#include <string>

#include "varve/app.hpp"

struct Opened {
    std::string account;
};

struct Account {
    using Events = varve::Events<Opened>;
    static constexpr auto unknown = varve::Unknown::raw;
    void evolve(const Opened&) {}
#if defined(REPAIRED)
    void evolve(const varve::Event&) {}
#endif
};

auto load(const varve::App& bank) {
    return bank.load<Account>("a1");
}
