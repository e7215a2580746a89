// varve: what send_async calls at the end takes the answer, varve::Result<varve::Receipt>, and can be copied
#include <string>

#include "varve/app.hpp"

struct Open {
    std::string account;
};

void open_later(varve::App& bank) {
#if defined(REPAIRED)
    bank.send_async(Open{"a1"}, [](const varve::Result<varve::Receipt>&) {});
#else
    bank.send_async(Open{"a1"}, [] {});
#endif
}
