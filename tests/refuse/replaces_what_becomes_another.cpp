// varve: an event replaces another only if that one's upcast answers it
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "varve/app.hpp"

struct Deposited;
struct Withdrawn {
    std::int64_t cents;
};
struct Booked {
    std::int64_t cents;
#if defined(REPAIRED)
    std::tuple<Withdrawn, Deposited> upcast() const;
#else
    std::tuple<Withdrawn> upcast() const;
#endif
};

struct Deposited {
    std::int64_t cents;
    using Replaces = varve::Events<Booked>;
};

struct Account {
    using Events = varve::Events<Deposited>;
    std::int64_t cents = 0;
    void evolve(const Deposited& e) { cents += e.cents; }
};

auto load(const varve::App& bank) {
    return bank.load<Account>("a1");
}
