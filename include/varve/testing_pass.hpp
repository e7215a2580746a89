/// Time passes for an App on a virtual clock: months of timers in an instant, each of them at its own moment.
///
///     auto clock = std::make_shared<varve::testing::VirtualClock>();
///     varve::App shop{varve::open("memory:", {.clock = clock}).value(), {.clock = clock}};
///     ...
///     varve::testing::pass(shop, *clock, std::chrono::days(90)).value();
#pragma once

#include <chrono>

#include "varve/app.hpp"
#include "varve/export.hpp"
#include "varve/result.hpp"
#include "varve/testing_clock.hpp"

namespace varve::testing {

/// Moves the clock, which is that of the App (AppOptions::clock) and of its store (OpenOptions::clock), from one moment at
/// which a process or a scheduled command has something due to the next, and on to the end; at each of them all is
/// done that is due (App::settle). So what a timer brings about has the time of the timer, not that of the end. With no
/// time, or less, what is due now is done. Errors: of App::settle, and what has stopped a process. Another clock than
/// theirs is not noticed: then nothing happens, and the answer is good.
VARVE_API Result<> pass(App& app, VirtualClock& clock, std::chrono::microseconds time);

}  // namespace varve::testing
