/// The walks behind a Cursor: the whole log, one stream, a category or a query; both ways.
#pragma once

#include <memory>

#include "engine/catalog.hpp"
#include "io/environment.hpp"
#include "log/segment_log.hpp"
#include "varve/engine.hpp"
#include "varve/selection.hpp"

namespace varve::engine {

/// A walk over what the selection holds below `head`, of a stream what retention shows `now`. It keeps the log's files
/// open, and no lock.
[[nodiscard]] Result<std::unique_ptr<EventSource>> make_source(std::shared_ptr<log::SegmentLog> log,
                                                               std::shared_ptr<Catalog> catalog,
                                                               const Selection& selection, Position head,
                                                               io::Clock& clock);

}  // namespace varve::engine
