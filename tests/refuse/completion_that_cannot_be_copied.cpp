// varve: what send_async calls at the end takes the answer, varve::Result<varve::Receipt>, and can be copied
#include <memory>
#include <string>

#include "varve/app.hpp"

struct Open {
    std::string account;
};

void open_later(varve::App& bank) {
#if defined(REPAIRED)
    auto kept = std::make_shared<int>(7);
#else
    auto kept = std::make_unique<int>(7);
#endif
    bank.send_async(Open{"a1"}, [kept = std::move(kept)](const varve::Result<varve::Receipt>&) { ++*kept; });
}
