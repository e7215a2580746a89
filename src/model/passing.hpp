/// How virtual time passes: from one thing that is due to the next.
#pragma once

#include <chrono>
#include <functional>

#include "varve/app.hpp"
#include "varve/result.hpp"
#include "varve/testing_clock.hpp"

namespace varve::testing {

/// Does all that is due at this moment. The error: of App::settle, or what has stopped a process.
[[nodiscard]] Result<> settle(App& app, std::chrono::milliseconds limit);

/// `settle` is called at each moment; `app`: the App of then.
[[nodiscard]] Result<> pass_time(VirtualClock& clock, std::chrono::microseconds time,
                                 const std::function<Result<>()>& settle, const std::function<const App&()>& app);

}  // namespace varve::testing
