// varve: a state lists its events: using Events = varve::Events<A, B>;
#include <cstdint>
#include <optional>
#include <string>

#include "varve/app.hpp"

struct Opened {
    std::string account;
};
struct Closed {
    std::string account;
};

struct Account {
#if defined(REPAIRED)
    using Events = varve::Events<Opened>;
#endif
    bool open = false;
    void evolve(const Opened&) { open = true; }
};

auto load(const varve::App& bank) {
    return bank.load<Account>("a1");
}
