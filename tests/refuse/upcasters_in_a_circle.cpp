// varve: events that replace one another go round in a circle; one must be the newest
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "varve/app.hpp"

struct Deposited;
struct Paid {
    std::int64_t cents;
#if !defined(REPAIRED)
    static Paid upcast(const Deposited& old);
#endif
};
struct Deposited {
    std::int64_t cents;
    static Deposited upcast(const Paid& old) { return {old.cents}; }
};

struct Account {
    using Events = varve::Events<Deposited>;
    std::int64_t cents = 0;
    void evolve(const Deposited& e) { cents += e.cents; }
};

auto load(const varve::App& bank) {
    return bank.load<Account>("a1");
}
