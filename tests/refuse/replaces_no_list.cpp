// varve: an event lists what it replaces: using Replaces = varve::Events<A, B>;
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

struct Deposited {
    static constexpr int version = 2;
    std::int64_t cents;
#if defined(REPAIRED)
    using Replaces = varve::Events<v1::Deposited>;
#else
    using Replaces = v1::Deposited;
#endif
    static Deposited upcast(const v1::Deposited& old) { return {static_cast<std::int64_t>(old.euros * 100)}; }
};

struct Account {
    using Events = varve::Events<Deposited>;
    std::int64_t cents = 0;
    void evolve(const Deposited& e) { cents += e.cents; }
};

auto load(const varve::App& bank) {
    return bank.load<Account>("a1");
}
