// varve: the key of an entity is a text or an integer
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
#if defined(REPAIRED)
    std::int64_t account;
#else
    double account;
#endif
};

void wire(varve::App& bank) {
    bank.handle<Open, Account>(&Open::account, [](const Open&, const Account&) { return varve::accept(); });
}
