/// The events of a selection, from the server.
#pragma once

#include <memory>

#include "remote/connection.hpp"
#include "remote/head.hpp"
#include "varve/engine.hpp"
#include "varve/selection.hpp"

namespace varve::remote {

/// Begins to read at once, and goes on behind the last event it has given when the connection was lost.
[[nodiscard]] std::unique_ptr<EventSource> open_source(std::shared_ptr<Connection> connection,
                                                       std::shared_ptr<Head> head, const Selection& selection);

}  // namespace varve::remote
