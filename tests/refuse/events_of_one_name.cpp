// varve: two events of one reader are stored under the same name; give one of them a `version` or a `type` of its own
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
#if defined(REPAIRED)
    static constexpr int version = 2;
#endif
    std::int64_t cents;
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
