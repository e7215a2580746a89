/// What clients ask about the server itself: what it can do, which members it has, its figures, its housekeeping.
#pragma once

#include <memory>

#include "net/call.hpp"
#include "server/kurrent/service.hpp"

namespace varve::kurrent {

[[nodiscard]] std::unique_ptr<net::Handler> features_call(Backend& backend, const std::shared_ptr<net::Call>& call);
/// One member, which is the leader.
[[nodiscard]] std::unique_ptr<net::Handler> gossip_call(Backend& backend, const std::shared_ptr<net::Call>& call);
/// Again and again, until the client has enough.
[[nodiscard]] std::unique_ptr<net::Handler> stats_call(Backend& backend, const std::shared_ptr<net::Call>& call);

}  // namespace varve::kurrent
