// varve: a state needs `void evolve(const Event&)` for every event that its Events list names
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
    using Events = varve::Events<Opened, Closed>;
    bool open = false;
    void evolve(const Opened&) { open = true; }
#if defined(REPAIRED)
    void evolve(const Closed&) { open = false; }
#endif
};

auto load(const varve::App& bank) {
    return bank.load<Account>("a1");
}
