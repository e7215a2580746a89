// varve: check_projection sees Tables and fields with a JSON form, and this projection has none
#include <functional>
#include <string>

#include "varve/testing_properties.hpp"

struct Opened {
    std::string account;
};

struct Accounts {
    using Events = varve::Events<Opened>;
    std::function<void()> opened;
#if defined(REPAIRED)
    int count = 0;
#endif
    void on(const Opened&) {}
};

void check() {
    varve::testing::check_projection<Accounts>();
}
