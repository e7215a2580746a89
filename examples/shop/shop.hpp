/// The wiring.
#pragma once

#include "varve/varve.hpp"

namespace shop {

/// Everything that the application does with its App.
void wire(varve::App& app);

}  // namespace shop
