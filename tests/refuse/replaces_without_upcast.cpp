// varve: an event that replaces another says how: static New upcast(const Old&) in the new one, or auto upcast() const in the old one
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
    using Replaces = varve::Events<v1::Deposited>;
#if defined(REPAIRED)
    static Deposited upcast(const v1::Deposited& old) { return {static_cast<std::int64_t>(old.euros * 100)}; }
#endif
};

struct Account {
    using Events = varve::Events<Deposited>;
    std::int64_t cents = 0;
    void evolve(const Deposited& e) { cents += e.cents; }
};

auto load(const varve::App& bank) {
    return bank.load<Account>("a1");
}
