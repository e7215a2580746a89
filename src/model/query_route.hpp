/// From a query to the read model that answers it.
#pragma once

#include <memory>
#include <optional>

#include "model/crew.hpp"
#include "model/query_meter.hpp"
#include "varve/projection.hpp"
#include "varve/query.hpp"

namespace varve {

/// A projection that runs, or the reason why it does not.
struct QueryPlace {
    const detail::ProjectionType* type;
    std::unique_ptr<Crew> crew;
    std::optional<ProjectionStatus> failed;
};

struct QueryRoute {
    std::shared_ptr<QueryPlace> place;
    const detail::QueryStep* step;
    std::shared_ptr<QueryMeter> meter = std::make_shared<QueryMeter>();
};

/// Asks the read model as it is now, counts that, and answers its position; `answer` is what the step takes. The place has
/// a crew.
[[nodiscard]] Result<Position> answer_now(const QueryRoute& route, const void* query, void* answer);

}  // namespace varve
