// varve: a category may not be empty nor contain '-'
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
#if defined(REPAIRED)
    static constexpr std::string_view category = "account";
#else
    static constexpr std::string_view category = "bank-account";
#endif
    bool open = false;
    void evolve(const Opened&) { open = true; }
};

auto name() {
    return varve::stream_of<Account>("a1");
}
