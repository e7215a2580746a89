// varve: an event addressed to an entity must be one that its state lists in Events
#include <cstdint>
#include <optional>
#include <string>

#include "varve/app.hpp"

struct Opened {
    std::string account;
};
struct Closed {
    std::string account;
};

struct Account {
    using Events = varve::Events<Opened>;
    bool open = false;
    void evolve(const Opened&) { open = true; }
};

#if defined(REPAIRED)
auto address() {
    return varve::on<Account>("a1", Opened{"a1"});
}
#else
auto address() {
    return varve::on<Account>("a1", Closed{"a1"});
}
#endif
