/// Catch-up subscriptions: everything from a place on, then what comes.
#pragma once

#include <memory>

#include "net/call.hpp"
#include "server/flow.hpp"
#include "server/kurrent/read_plan.hpp"
#include "server/kurrent/service.hpp"

namespace varve::kurrent {

/// Sends the confirmation. nullptr: the call is finished with a refusal.
[[nodiscard]] std::shared_ptr<server::Flow> subscribe(Backend& backend, const std::shared_ptr<net::Call>& call,
                                                      ReadPlan plan);

}  // namespace varve::kurrent
