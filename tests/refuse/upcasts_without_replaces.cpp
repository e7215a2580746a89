// varve: an event with several upcast functions says what it replaces: using Replaces = varve::Events<A, B>;
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "varve/app.hpp"

namespace v1 {
struct Deposited {
    double euros;
};
}  // namespace v1

struct Credited {
    std::int64_t cents;
};

struct Deposited {
    static constexpr int version = 2;
    std::int64_t cents;
#if defined(REPAIRED)
    using Replaces = varve::Events<v1::Deposited, Credited>;
#endif
    static Deposited upcast(const v1::Deposited& old) { return {static_cast<std::int64_t>(old.euros * 100)}; }
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
