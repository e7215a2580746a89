// varve: a reader names the states in whose streams it knows every event: using UnknownIn = varve::States<A, B>;
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
    using UnknownIn = varve::States<Account>;
#else
    using UnknownIn = Account;
#endif
    void evolve(const Opened&) {}
};

auto load(const varve::App& bank) {
    return bank.load<Account>("a1");
}
