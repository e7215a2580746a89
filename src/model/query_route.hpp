/// From a query to the read model that answers it.
#pragma once

#include <memory>

#include "model/query_meter.hpp"
#include "model/query_place.hpp"
#include "varve/query.hpp"

namespace varve {

struct QueryRoute {
    std::shared_ptr<QueryPlace> place;
    const detail::QueryStep* step;  ///< of a projection of the place, not always of the one in charge
    std::shared_ptr<QueryMeter> meter = std::make_shared<QueryMeter>();
};

/// Asks this read model, one on the route's place, as it is now, counts that, and answers its position; `answer` is what
/// the step takes.
[[nodiscard]] Result<Position> answer_now(const QueryRoute& route, const Crew& crew, const void* query, void* answer);

/// Waits until the rows reflect what the answer must have seen, then asks.
[[nodiscard]] Result<Position> answer_after(const QueryRoute& route, const After& after, Deadline deadline,
                                            const void* query, void* answer);

}  // namespace varve
