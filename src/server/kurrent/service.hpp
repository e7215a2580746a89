/// The KurrentDB client protocol: which method is answered by what.
#pragma once

#include <memory>
#include <string_view>

#include "net/call.hpp"
#include "server/backend.hpp"

namespace varve::kurrent {

using server::Backend;

/// The version of the protocol that is spoken: clients compare it with those of the servers they know.
inline constexpr std::string_view protocol_version = "26.1.0";

/// Answers the calls whose paths are this protocol's; for another's path it answers nullptr and leaves the call as it is.
[[nodiscard]] std::unique_ptr<net::Handler> accept(Backend& backend, const std::shared_ptr<net::Call>& call);

}  // namespace varve::kurrent
