// varve: middleware of one command takes (varve::CommandContext&, const C&, const varve::Next&) and answers varve::Result<varve::Receipt>
#include <string>

#include "varve/app.hpp"

struct Open {
    std::string account;
};
struct Close {
    std::string account;
};

void wire(varve::App& bank) {
#if defined(REPAIRED)
    using About = Open;
#else
    using About = Close;
#endif
    bank.use<Open>([](varve::CommandContext&, const About&, const varve::Next& next) { return next(); });
}
