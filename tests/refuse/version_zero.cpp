// varve: versions count from 1: static constexpr int version = 2;
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "varve/app.hpp"

struct Deposited {
#if defined(REPAIRED)
    static constexpr int version = 1;
#else
    static constexpr int version = 0;
#endif
    std::int64_t cents;
};

struct Account {
    using Events = varve::Events<Deposited>;
    std::int64_t cents = 0;
    void evolve(const Deposited& e) { cents += e.cents; }
};

auto load(const varve::App& bank) {
    return bank.load<Account>("a1");
}
