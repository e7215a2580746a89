/// The second generation's appends: over several streams, all or nothing.
#pragma once

#include <memory>

#include "net/call.hpp"
#include "server/kurrent/service.hpp"

namespace varve::kurrent::v2 {

/// Stream by stream, each with what is expected of it.
[[nodiscard]] std::unique_ptr<net::Handler> append_session_call(Backend& backend,
                                                                const std::shared_ptr<net::Call>& call);
/// Records of any streams in one order, and checks of any streams.
[[nodiscard]] std::unique_ptr<net::Handler> append_records_call(Backend& backend,
                                                                const std::shared_ptr<net::Call>& call);

}  // namespace varve::kurrent::v2
