/// BatchAppend of the service Streams: many appends on one call, each with an answer of its own.
#pragma once

#include <memory>

#include "net/call.hpp"
#include "server/kurrent/service.hpp"

namespace varve::kurrent {

[[nodiscard]] std::unique_ptr<net::Handler> batch_append_call(Backend& backend, const std::shared_ptr<net::Call>& call);

}  // namespace varve::kurrent
