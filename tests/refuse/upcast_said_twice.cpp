// varve: both events say how one becomes the other; keep the upcast of one of them
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "varve/app.hpp"

struct Deposited;
struct Credited {
    std::int64_t cents;
#if !defined(REPAIRED)
    Deposited upcast() const;
#endif
};

struct Deposited {
    std::int64_t cents;
    static Deposited upcast(const Credited& old) { return {old.cents}; }
};

struct Account {
    using Events = varve::Events<Deposited>;
    std::int64_t cents = 0;
    void evolve(const Deposited& e) { cents += e.cents; }
};

auto load(const varve::App& bank) {
    return bank.load<Account>("a1");
}
