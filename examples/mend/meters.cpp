#include "mend/meters.hpp"

void wire(varve::App& works) {
    works.handle<Read, Meter>(&Read::meter,
                              [](const Read& c, const Meter&) { return varve::accept(Reading{c.meter, c.litres}); });
}
