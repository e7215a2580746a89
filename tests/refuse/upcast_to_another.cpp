// varve: an upcast function of an event answers that event, or a std::optional or std::vector of it
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
    static std::optional<Deposited> upcast(const v1::Deposited&) { return {}; }
#else
    static std::int64_t upcast(const v1::Deposited&) { return 0; }
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
