// varve: decide takes the command and one state for each entity, and answers varve::Decision
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
    using Events = varve::Events<Opened>;
    bool open = false;
    void evolve(const Opened&) { open = true; }
};
struct Open {
    std::string account;
};

void wire(varve::App& bank) {
#if defined(REPAIRED)
    bank.handle<Open, Account>(&Open::account, [](const Open&, const Account&) { return varve::accept(); });
#else
    bank.handle<Open, Account>(&Open::account, [](const Open&) { return varve::accept(); });
#endif
}
