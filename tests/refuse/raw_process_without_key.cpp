// varve: a process with unknown = varve::Unknown::raw needs `varve::Steps on(const varve::Event&)` and `static std::string key(const varve::Event&)`
#include <optional>
#include <string>

#include "varve/app.hpp"

struct Opened {
    std::string account;
};

struct Greeting {
    using Hears = varve::Events<Opened>;
    static constexpr auto unknown = varve::Unknown::raw;
    static std::string key(const Opened& e) { return e.account; }
    varve::Steps on(const Opened&) { return {}; }
    varve::Steps on(const varve::Event&) { return {}; }
#if defined(REPAIRED)
    static std::string key(const varve::Event& e) { return std::string(e.stream); }
#endif
};

void run(varve::App& bank) {
    bank.run<Greeting>();
}
