// varve: a query says what it answers: using Answer = ...;
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

struct Row {
    std::string account;
    bool open = false;
};
struct IsOpen {
    std::string account;
#if defined(REPAIRED)
    using Answer = bool;
#endif
};

auto ask(const varve::App& bank) {
    return bank.ask(IsOpen{"a1"}).ok();
}
