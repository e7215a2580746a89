// varve: a reader says what it does with unknown events as one of varve::Unknown: static constexpr auto unknown = varve::Unknown::fail;
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
    static constexpr auto unknown = varve::Unknown::fail;
#else
    static constexpr bool unknown = true;
#endif
    void evolve(const Opened&) {}
};

auto load(const varve::App& bank) {
    return bank.load<Account>("a1");
}
