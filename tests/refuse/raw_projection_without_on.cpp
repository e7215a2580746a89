// varve: a projection with unknown = varve::Unknown::raw needs `void on(const varve::Event&)`
#include <optional>
#include <string>

#include "varve/app.hpp"

struct Opened {
    std::string account;
};

struct Accounts {
    using Events = varve::Events<Opened>;
    static constexpr auto unknown = varve::Unknown::raw;
    int opened = 0;
    void on(const Opened&) { ++opened; }
#if defined(REPAIRED)
    void on(const varve::Event&) {}
#endif
};

auto replay(const varve::App& bank) {
    return bank.replay<Accounts>();
}
