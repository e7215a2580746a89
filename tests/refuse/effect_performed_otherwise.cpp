// varve: who performs an effect takes (const Effect&, const varve::EffectContext&), answers varve::Result<>
#include <string>

#include "varve/varve.hpp"

struct SendMail {
    std::string to;
};

void wire(varve::App& app) {
#ifdef REPAIRED
    app.perform<SendMail>([](const SendMail&, const varve::EffectContext&) -> varve::Result<> { return {}; });
#else
    app.perform<SendMail>([](const SendMail&) -> varve::Result<> { return {}; });
#endif
}
